# tests: what `make check` runs is called test_SUBJECT, a C program or a script (.sh), and speaks TAP; run-cases and check-layers are
# tools that people run by hand, too. CONTRIBUTING.md says which folder holds what.

# One line a module: units/test_X is made of units/test_X.c. They may use everything of racecheck but its main().
unit_tests = \
    %D%/units/test_absorption \
    %D%/units/test_all_iterations \
    %D%/units/test_analysis \
    %D%/units/test_answer \
    %D%/units/test_assembler \
    %D%/units/test_value_range \
    %D%/units/test_turns \
    %D%/units/test_budget \
    %D%/units/test_catalogue \
    %D%/units/test_cells \
    %D%/units/test_certificate \
    %D%/units/test_chain \
    %D%/units/test_claim \
    %D%/units/test_claim_search \
    %D%/units/test_composition \
    %D%/units/test_content \
    %D%/units/test_dialect \
    %D%/units/test_dot \
    %D%/units/test_estimate \
    %D%/units/test_explanation \
    %D%/units/test_explorer \
    %D%/units/test_fold \
    %D%/units/test_generator \
    %D%/units/test_grade \
    %D%/units/test_graph \
    %D%/units/test_grid \
    %D%/units/test_html_report \
    %D%/units/test_interval \
    %D%/units/test_json \
    %D%/units/test_layout \
    %D%/units/test_live_ranges \
    %D%/units/test_liveness \
    %D%/units/test_machine \
    %D%/units/test_name_table \
    %D%/units/test_number \
    %D%/units/test_observation \
    %D%/units/test_options \
    %D%/units/test_output \
    %D%/units/test_outputs \
    %D%/units/test_predicate \
    %D%/units/test_process_pool \
    %D%/units/test_promela \
    %D%/units/test_replay \
    %D%/units/test_roster \
    %D%/units/test_step_groups \
    %D%/units/test_scheduler \
    %D%/units/test_schedule \
    %D%/units/test_schedule_count \
    %D%/units/test_scope \
    %D%/units/test_slice \
    %D%/units/test_slots \
    %D%/units/test_spelling \
    %D%/units/test_starvation \
    %D%/units/test_stategraph \
    %D%/units/test_stateset \
    %D%/units/test_stretch \
    %D%/units/test_sweep \
    %D%/units/test_system \
    %D%/units/test_text_report \
    %D%/units/test_theorem \
    %D%/units/test_verified \
    %D%/units/test_version \
    %D%/units/test_semiring \
    %D%/units/test_witness \
    %D%/units/test_witness_file

# Searched at random: the naive enumerator against the search. `make check` takes the default seed and number.
random_tests = %D%/oracles/test_random %D%/oracles/test_events %D%/oracles/test_lanes %D%/oracles/test_testers %D%/fuzz/test_submissions

# The checker against the enumerator, with programs that are always the same.
oracle_test = %D%/oracles/test_oracle

# Answers to assignments, graded and judged. `make check` takes a few seeds; a thousand take minutes.
grades_test = %D%/oracles/test_grades

# Writes what test_exports.sh looks at.
test_tools = %D%/whole/exporter

# What several test programs share.
unit_sources = \
    %D%/support/bench.c %D%/support/bench.h \
    %D%/oracles/alteration.c %D%/oracles/alteration_program.c %D%/oracles/alteration.h \
    %D%/oracles/store_chain.c %D%/oracles/store_chain.h \
    %D%/oracles/attempt.c %D%/oracles/attempt.h \
    %D%/oracles/enumerator.c %D%/oracles/enumerator.h \
    %D%/oracles/event_survey.c %D%/oracles/event_survey.h \
    %D%/oracles/execution.c %D%/oracles/execution.h \
    %D%/support/handmade.c %D%/support/handmade.h \
    %D%/oracles/judge.c %D%/oracles/judge_repair.c %D%/oracles/judge_ways.c %D%/oracles/judge.h %D%/oracles/judge_parts.h \
    %D%/oracles/oracle.c %D%/oracles/oracle.h \
    %D%/oracles/policy.c %D%/oracles/policy.h \
    %D%/oracles/provenance.c %D%/oracles/provenance.h \
    %D%/support/race.c %D%/support/race.h \
    %D%/oracles/random_program.c %D%/oracles/random_program.h \
    %D%/support/subject.c %D%/support/subject.h \
    %D%/oracles/survey.c %D%/oracles/survey.h \
    %D%/support/unit.c %D%/support/unit.h

# What is run besides, long ones first; each says by itself when it has to be skipped.
test_scripts = \
    %D%/run-cases \
    %D%/whole/test_grade.sh \
    %D%/whole/test_assign.sh \
    %D%/whole/test_report.sh \
    %D%/whole/test_limits.sh \
    %D%/whole/test_exports.sh \
    %D%/whole/test_docs.sh \
    %D%/whole/test_matrix.sh \
    %D%/whole/test_python.sh \
    %D%/whole/test_all_iterations.sh \
    %D%/whole/test_tso.sh \
    %D%/whole/test_c.sh \
    %D%/whole/test_real.sh \
    %D%/whole/test_measure.sh \
    %D%/whole/test_samples.sh \
    %D%/whole/test_native.sh \
    %D%/whole/test_verify.sh \
    %D%/whole/test_formats.sh \
    %D%/whole/test_valgrind.sh \
    %D%/whole/test_memory.sh \
    %D%/whole/test_library.sh

# These look at sources, proofs and pages, not at how racecheck uses its memory: sanitizers have nothing to find.
source_scripts = \
    %D%/whole/test_32_bit.sh \
    %D%/whole/test_theorem.sh \
    %D%/whole/test_pages.sh \
    %D%/whole/test_layers.sh \
    %D%/check-layers

TESTS += $(test_scripts)
if !SANITIZED
TESTS += $(source_scripts)
endif
EXTRA_DIST += $(test_scripts) $(source_scripts) %D%/cases %D%/c %D%/python %D%/tso %D%/oracles/all_iterations.py %D%/whole/browser.py %D%/whole/library_example.c %D%/whole/library_example.expected \
    %D%/whole/library_failing.c %D%/support/tap.sh %D%/support/lsan.supp %D%/support/valgrind.supp

if HAVE_CUNIT
check_LIBRARIES += %D%/libunit.a
check_PROGRAMS += $(unit_tests) $(oracle_test) $(random_tests) $(grades_test) $(test_tools)
TESTS += $(oracle_test) $(grades_test) $(random_tests) $(unit_tests)
%C%_libunit_a_SOURCES = $(unit_sources)
%C%_fuzz_test_submissions_SOURCES = %D%/fuzz/test_submissions.c %D%/fuzz/fuzz_submission.c
endif
# Writes certificates for test_verify.sh, and their checksums.
check_PROGRAMS += %D%/whole/certify %D%/whole/seal
%C%_whole_seal_SOURCES = %D%/whole/seal.c verify/sha256.c verify/sha256.h
%C%_whole_seal_LDADD =
%C%_whole_certify_LDADD = $(OUR_LIBS) $(THEIR_LIBS)

# For every program that does not say otherwise, that is the tests.
LDADD = %D%/libunit.a $(OUR_LIBS) $(THEIR_LIBS) $(CUNIT_LIBS)

# Preloaded by test_memory.sh; no libtool for the sake of one file. Without sanitizers, which bring their own allocator.
if !SANITIZED
check_DATA += %D%/whole/failing_malloc.so
CLEANFILES += %D%/whole/failing_malloc.so
endif
failing_sources = %D%/whole/failing_malloc.c %D%/whole/failing_runs.c %D%/whole/failing_runs.h
EXTRA_DIST += $(failing_sources)
%D%/whole/failing_malloc.so: $(failing_sources)
	$(AM_V_CCLD)$(MKDIR_P) %D%/whole && \
	    $(CC) -D_GNU_SOURCE -I$(srcdir) $(CPPFLAGS) -std=c17 -O2 -Wall -fPIC -shared -o $@ \
	        $(srcdir)/%D%/whole/failing_malloc.c $(srcdir)/%D%/whole/failing_runs.c -ldl

# What the fuzzers have seen is read again. `make fuzz` and `make fuzz-submissions` look for more, with clang, as long as
# FUZZ_SECONDS say: they are no part of `make check`. New finds belong into the corpus, and into submissions.
check_PROGRAMS += %D%/fuzz/test_corpus
TESTS += %D%/fuzz/test_corpus
%C%_fuzz_test_corpus_SOURCES = %D%/fuzz/test_corpus.c %D%/fuzz/fuzz_assembler.c
%C%_fuzz_test_corpus_LDADD = $(OUR_LIBS) $(THEIR_LIBS)
EXTRA_DIST += %D%/fuzz/corpus %D%/fuzz/submissions %D%/fuzz/assembler.dict %D%/fuzz/submission.dict %D%/fuzz/README.md

# Both readers of certificates, racecheck's and the verifier's. `make fuzz-readers SEED=7 RUNS=100000` tries more.
check_PROGRAMS += %D%/fuzz/test_readers %D%/fuzz/verifier_reader
TESTS += %D%/fuzz/test_readers
%C%_fuzz_test_readers_SOURCES = %D%/fuzz/test_readers.c %D%/fuzz/subject_dump.c %D%/fuzz/subject_dump.h \
    %D%/fuzz/condition_values.h
%C%_fuzz_test_readers_LDADD = $(OUR_LIBS) $(THEIR_LIBS)
%C%_fuzz_verifier_reader_SOURCES = %D%/fuzz/verifier_reader.c %D%/fuzz/condition_values.h $(verify_sources)
%C%_fuzz_verifier_reader_LDADD =
.PHONY: fuzz-readers
fuzz-readers: all %D%/fuzz/test_readers %D%/fuzz/verifier_reader
	@$(test_environment) ./%D%/fuzz/test_readers $(SEED) $(RUNS) $(RUNS)

# What interpreters compile of our programs (python/), for `make check`, which needs none of them. Compiles everything anew: by the
# interpreters that PYTHONS names (2.7, 3.6, 3.8 and 3.9: make python-fixtures PYTHONS='python2.7 python3.6 ...'), and by those of
# pyodide's packages (3.10 to 3.15), which npm fetches once, 14 MB each, and node runs.
PYTHONS =
PYODIDES = 0.22.1 0.25.1 0.27.7 0.29.4 314.0.7 315.0.0-alpha.2
pyodide_folders = $(PYODIDES:%=$(abs_top_builddir)/pyodide/%)
.PHONY: python-fixtures python-pyodides
python-pyodides:
	@set -e; for folder in $(pyodide_folders); do \
	    test -f $$folder/node_modules/pyodide/pyodide.js || { $(MKDIR_P) $$folder && (cd $$folder && \
	        npm install --silent --no-audit --no-fund --ignore-scripts --prefix . pyodide@$${folder##*/}); }; \
	done
python-fixtures: python-pyodides
	$(test_environment) $(PYTHON) $(srcdir)/%D%/python/constructs.py keep $(PYTHONS) $(pyodide_folders)
	$(test_environment) $(PYTHON) $(srcdir)/%D%/python/oracle.py keep 0 30 $(PYTHONS) $(pyodide_folders)
	$(test_environment) $(PYTHON) $(srcdir)/%D%/python/language.py keep $(PYTHONS) $(pyodide_folders)

FUZZ_SECONDS = 900
FUZZ_CLANG = clang
fuzz_folder = %D%/fuzz
folder_sources = $(foreach folder,$(1),$(filter-out %/catalogue_texts.c,$(wildcard $(srcdir)/$(folder)/*.c)))
assembler_sources = $(call folder_sources,base program frontends models) models/catalogue_texts.c $(srcdir)/%D%/fuzz/fuzz_assembler.c
submission_sources = $(call folder_sources,base program frontends models machine schedulers space trace analysis) models/catalogue_texts.c \
    $(filter-out %/picture.c %/graphviz.c %/html_report.c %/dot.c,$(wildcard $(srcdir)/report/*.c)) \
    $(filter-out %/bundle.c %/gradebook.c %/gradebook_collect.c,$(wildcard $(srcdir)/course/*.c)) $(srcdir)/%D%/fuzz/fuzz_submission.c

# run_fuzzer TARGET SOURCES SEEDS OPTIONS: builds and runs one; what it finds stays in found/TARGET.
run_fuzzer = \
    $(MKDIR_P) $(fuzz_folder)/found/$(1) $(fuzz_folder)/seeds/$(1) && \
    cp $(3) $(fuzz_folder)/seeds/$(1) && \
    $(FUZZ_CLANG) -std=c17 $(AM_CPPFLAGS) -g -O1 -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all -o $(fuzz_folder)/fuzz_$(1) $(sort $(2)) $(THEIR_LIBS) && \
    $(fuzz_folder)/fuzz_$(1) -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=2048 -max_len=4096 \
        -dict=$(srcdir)/$(fuzz_folder)/$(1).dict -artifact_prefix=$(fuzz_folder)/found/$(1)/ $(4) \
        $(fuzz_folder)/found/$(1) $(fuzz_folder)/seeds/$(1)

.PHONY: fuzz fuzz-submissions
fuzz: models/catalogue_texts.c
	$(call run_fuzzer,assembler,$(assembler_sources),$(wildcard $(srcdir)/models/*.s $(srcdir)/examples/*.s $(srcdir)/%D%/fuzz/corpus/*.s))

fuzz-submissions: models/catalogue_texts.c
	$(call run_fuzzer,submission,$(submission_sources),$(wildcard $(srcdir)/%D%/fuzz/submissions/*),-detect_leaks=1)

# Damaged dumps of Python programs, and damaged programs: best in a build with sanitizers (--enable-sanitizers). What fails is kept.
.PHONY: fuzz-python
fuzz-python: all
	@$(MKDIR_P) $(fuzz_folder)/found/python
	@$(test_environment) $(PYTHON) $(srcdir)/%D%/python/mutants.py "$$RACECHECK" $(SEED) $(FUZZ_SECONDS)s $(fuzz_folder)/found/python

TEST_EXTENSIONS =
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
# A test that hangs is a test that fails.
LOG_COMPILER = timeout
AM_LOG_FLAGS = --foreground 1500

# A sanitizer's finding is none of racecheck's own exit statuses. As many tests run at once as there are processors: threads that wait for
# each other leave them to the others.
test_environment = \
    OMP_WAIT_POLICY=passive; export OMP_WAIT_POLICY; \
    RACECHECK='$(abs_top_builddir)/racecheck$(EXEEXT)'; export RACECHECK; \
    top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
    RACECHECK_VERIFY='$(abs_top_builddir)/racecheck-verify$(EXEEXT)'; export RACECHECK_VERIFY; \
    top_builddir='$(abs_top_builddir)'; export top_builddir; \
    SANITIZERS='$(SANITIZERS)'; export SANITIZERS; \
    PYTHON='$(PYTHON)'; export PYTHON; \
    PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE; \
    CC='$(CC)'; export CC; \
    DOT='$(DOT)'; export DOT; \
    VALGRIND='$(VALGRIND)'; export VALGRIND; \
    ASAN_OPTIONS='exitcode=99'; export ASAN_OPTIONS; \
    UBSAN_OPTIONS='exitcode=99:print_stacktrace=1'; export UBSAN_OPTIONS; \
    LSAN_OPTIONS='exitcode=99:print_suppressions=0:suppressions=$(abs_srcdir)/%D%/support/lsan.supp'; export LSAN_OPTIONS; \
    LC_ALL=C; export LC_ALL;
AM_TESTS_ENVIRONMENT = $(test_environment)

.PHONY: check-valgrind check-random check-grades coverage

# Everything under valgrind: the unit tests one by one, a few random programs in place of test_oracle's thousands, and what
# test_valgrind.sh runs.
check-valgrind: all $(check_LIBRARIES) $(check_PROGRAMS)
	@$(test_environment) \
	if test -z "$$VALGRIND"; then echo "there is no valgrind" >&2; exit 1; fi; \
	for test in $(unit_tests) $(random_tests:=' 1 100') $(grades_test:=' 1 2'); do \
	    echo "valgrind $$test"; \
	    $$VALGRIND -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
	        --suppressions=$(srcdir)/%D%/support/valgrind.supp ./$$test >check-valgrind.log 2>&1 || { cat check-valgrind.log; exit 1; }; \
	done; \
	rm -f check-valgrind.log; \
	$(srcdir)/%D%/whole/test_valgrind.sh

# make check-random SEED=17 RUNS=100000
SEED = 1
RUNS = 10000
check-random: all $(check_LIBRARIES) $(random_tests)
	@$(test_environment) for test in $(random_tests); do ./$$test $(SEED) $(RUNS) || exit 1; done

# make check-grades SEED=0 RUNS=1000
check-grades: SEED = 0
check-grades: RUNS = 1000
check-grades: all $(check_LIBRARIES) $(grades_test) %D%/units/test_version
	@$(test_environment) ./%D%/units/test_version $(RUNS) && ./$(grades_test) $(SEED) $(RUNS)

# What takes longer than `make check` may: so many random programs for each scheduler before the enumerator, other seeds of everything
# that is drawn, Python programs as every interpreter at hand compiles them (python-fixtures, above), scripts that take all their inputs (LONG_TESTS) instead of some, the certificates of the whole catalogue, and the
# fuzzers, where there is a clang, for LONG_SECONDS each.
long_scripts = \
    %D%/run-cases \
    %D%/whole/test_32_bit.sh \
    %D%/whole/test_assign.sh \
    %D%/whole/test_exports.sh \
    %D%/whole/test_formats.sh \
    %D%/whole/test_limits.sh \
    %D%/whole/test_memory.sh \
    %D%/whole/test_pages.sh \
    %D%/whole/test_python.sh \
    %D%/whole/test_real.sh \
    %D%/whole/test_report.sh \
    %D%/whole/test_theorem.sh \
    %D%/whole/test_all_iterations.sh \
    %D%/whole/test_tso.sh \
    %D%/whole/test_c.sh \
    %D%/whole/test_verify.sh
LONG_RUNS = 5000
PYTHON_RUNS = 2000
LONG_SECONDS = 300
.PHONY: check-long
check-long: all $(check_LIBRARIES) $(check_PROGRAMS) $(check_DATA)
	@$(test_environment) set -e; \
	./%D%/oracles/test_random --every-scheduler 1 $(LONG_RUNS); \
	./%D%/oracles/test_random 1000000 $(LONG_RUNS); \
	./%D%/fuzz/test_submissions 1000000 $(LONG_RUNS); \
	for test in certificate version starvation assembler; do LONG_TESTS=yes ./%D%/units/test_$$test; done; \
	./%D%/units/test_claim_search 3000; \
	./%D%/units/test_verified 25; \
	./%D%/oracles/test_grades 0 200; \
	$(PYTHON) $(srcdir)/%D%/python/oracle.py check "$$RACECHECK" 1000000 $(PYTHON_RUNS) \
	    $(PYTHON) $(PYTHONS) $(wildcard $(pyodide_folders)); \
	for test in $(long_scripts); do LONG_TESTS=yes $(srcdir)/$$test; done
	$(MAKE) $(AM_MAKEFLAGS) check-certificates
	if command -v $(FUZZ_CLANG) >/dev/null; then \
	    $(MAKE) $(AM_MAKEFLAGS) fuzz fuzz-submissions FUZZ_SECONDS=$(LONG_SECONDS); \
	else \
	    echo "there is no $(FUZZ_CLANG): the fuzzers are left out"; \
	fi

# The certificates of the whole catalogue, of up to some millions of states; takes minutes.
.PHONY: check-certificates
check-certificates: all
	@$(test_environment) CERTIFICATE_STATES=all $(srcdir)/%D%/whole/test_matrix.sh

# After ./configure --enable-coverage.
coverage: check
	@if ! $(COVERAGE_BUILD); then echo "coverage needs ./configure --enable-coverage" >&2; exit 1; fi
	$(MKDIR_P) coverage
	gcovr --root $(srcdir) --object-directory . --exclude '.*tests/.*' --exclude '.*catalogue_texts\.c' \
	    --html-details coverage/index.html --print-summary
if COVERAGE
COVERAGE_BUILD = true
else
COVERAGE_BUILD = false
endif
clean-local: clean-coverage clean-fuzz
.PHONY: clean-coverage clean-fuzz
clean-fuzz:
	rm -rf pyodide %D%/fuzz/found %D%/fuzz/seeds %D%/fuzz/fuzz_assembler %D%/fuzz/fuzz_submission
clean-coverage:
	rm -rf coverage
	find . -name '*.gcda' -exec rm -f {} + ; find . -name '*.gcno' -exec rm -f {} +

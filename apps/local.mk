# apps: the program, ./racecheck at the top of the build tree. All but main() is a library, so that tests can link it.
noinst_LIBRARIES += %D%/libapps.a
%C%_libapps_a_SOURCES = \
    %D%/assign.c \
    %D%/axis.c %D%/axis.h \
    %D%/certification.c %D%/certification.h \
    %D%/check.c \
    %D%/c_executable.c %D%/c_executable.h \
    %D%/commands.h \
    %D%/compiler.c %D%/compiler.h \
    %D%/delivery.c %D%/delivery.h \
    %D%/examination.c %D%/examination.h \
    %D%/export.c \
    %D%/grade.c \
    %D%/free_runs.c %D%/free_runs.h \
    %D%/gdb_script.c %D%/gdb_script.h \
    %D%/help.c %D%/help.h \
    %D%/interpreter.c %D%/interpreter.h \
    %D%/measure.c \
    %D%/models.c \
    %D%/native_execution.c %D%/native_execution.h \
    %D%/option_table.c %D%/option_table.h \
    %D%/options.c %D%/options.h \
    %D%/process.c %D%/process.h \
    %D%/c_file.c %D%/c_file.h \
    %D%/python_file.c %D%/python_file.h \
    %D%/real_execution.c %D%/real_execution.h \
    %D%/replay.c \
    %D%/report.c \
    %D%/sample.c \
    %D%/simulation.c %D%/simulation.h \
    %D%/turns_simulation.c %D%/turns_simulation.h \
    %D%/source.c %D%/source.h \
    %D%/start_gate.h \
    %D%/status.h \
    %D%/sweep.c \
    %D%/symbol_table.c %D%/symbol_table.h \
    %D%/tracee.c %D%/tracee.h \
    %D%/verify.c \
    %D%/workplace.c %D%/workplace.h
nodist_%C%_libapps_a_SOURCES = %D%/start_gate_text.c

# What is linked with C programs that are run is a text in the program.
EXTRA_DIST += %D%/start_gate.c
BUILT_SOURCES += %D%/start_gate_text.c
CLEANFILES += %D%/start_gate_text.c

%D%/start_gate_text.c: $(srcdir)/%D%/start_gate.c $(srcdir)/base/text_arrays.sh
	$(AM_V_GEN)$(MKDIR_P) %D% && $(SHELL) $(srcdir)/base/text_arrays.sh apps/start_gate.h start_gate $(srcdir)/%D%/start_gate.c >$@.new && \
	    mv -f $@.new $@

bin_PROGRAMS += racecheck
racecheck_SOURCES = %D%/main.c
racecheck_LDADD = $(OUR_LIBS) $(THEIR_LIBS)

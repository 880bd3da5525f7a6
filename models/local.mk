# models: what is checked.
noinst_LIBRARIES += %D%/libmodels.a
%C%_libmodels_a_SOURCES = \
    %D%/action.h \
    %D%/assembler.c %D%/assembler.h \
    %D%/assembler_declarations.c \
    %D%/assembler_files.c \
    %D%/assembler_lines.c \
    %D%/assembler_operands.c \
    %D%/assembler_parts.h \
    %D%/catalogue.c %D%/catalogue.h \
    %D%/catalogue_texts.h \
    %D%/expression.c %D%/expression.h \
    %D%/instruction.c %D%/instruction.h \
    %D%/layout.c %D%/layout.h \
    %D%/lexer.c %D%/lexer.h \
    %D%/liveness.c %D%/liveness.h \
    %D%/act.h \
    %D%/machine.c %D%/machine.h \
    %D%/machine_act.c \
    %D%/machine_effect.c \
    %D%/machine_holdings.c \
    %D%/machine_memory.c \
    %D%/machine_parts.h \
    %D%/machine_rehearsal.c \
    %D%/machine_step.c \
    %D%/machine_ways.c \
    %D%/micro_operation.c %D%/micro_operation.h \
    %D%/presets.c %D%/presets.h \
    %D%/program.c %D%/program.h \
    %D%/promela.c %D%/promela.h \
    %D%/promela_parts.h \
    %D%/promela_scheduler.c \
    %D%/promela_threads.c \
    %D%/schedule.c %D%/schedule.h \
    %D%/schedule_parts.h \
    %D%/schedule_reader.c \
    %D%/section.c %D%/section.h \
    %D%/spelling.c %D%/spelling.h \
    %D%/thread_names.c %D%/thread_names.h
nodist_%C%_libmodels_a_SOURCES = %D%/catalogue_texts.c

# The catalogue: every models/*.s, so that a new model is a new file and nothing else. It is made anew on each run, and
# replaced only when it differs: then a model that was removed is noticed too, and nothing is compiled twice.
model_texts = $(sort $(wildcard $(srcdir)/%D%/*.s))
EXTRA_DIST += $(model_texts) %D%/catalogue.sh
BUILT_SOURCES += %D%/catalogue_texts.c
CLEANFILES += %D%/catalogue_texts.c %D%/catalogue_texts.c.new

%D%/catalogue_texts.c: FORCE
	@$(MKDIR_P) %D%
	@$(SHELL) $(srcdir)/%D%/catalogue.sh $(model_texts) >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi

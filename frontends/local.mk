# frontends: text to program.
noinst_LIBRARIES += %D%/libfrontends.a
%C%_libfrontends_a_SOURCES = \
    %D%/assembler.c %D%/assembler.h \
    %D%/assembler_declarations.c \
    %D%/assembler_files.c \
    %D%/assembler_lines.c \
    %D%/assembler_operands.c \
    %D%/assembler_unfit.c \
    %D%/assembler_parts.h \
    %D%/body.c %D%/body.h \
    %D%/expression.c %D%/expression.h \
    %D%/gas.c %D%/gas.h \
    %D%/gas_data.c \
    %D%/gas_dwarf.c %D%/gas_dwarf.h \
    %D%/gas_operands.c \
    %D%/gas_parts.h \
    %D%/gas_types.c %D%/gas_types.h \
    %D%/lexer.c %D%/lexer.h \
    %D%/litmus.c %D%/litmus.h \
    %D%/litmus_instruction.c \
    %D%/litmus_parts.h \
    %D%/litmus_question.c \
    %D%/presets.c %D%/presets.h \
    %D%/python.c %D%/python.h \
    %D%/python_arithmetic.c \
    %D%/python_atoms.c \
    %D%/python_blocks.c \
    %D%/python_builtins.c \
    %D%/python_bytecode.c %D%/python_bytecode.h \
    %D%/python_call_forms.c \
    %D%/python_calls.c \
    %D%/python_classes.c \
    %D%/python_comparison.c \
    %D%/python_completions.c \
    %D%/python_conditions.c \
    %D%/python_containers.c \
    %D%/python_definitions.c \
    %D%/python_deques.c \
    %D%/python_dump.c %D%/python_dump.h \
    %D%/python_emit.c \
    %D%/python_events.c \
    %D%/python_executors.c \
    %D%/python_exceptions.c \
    %D%/python_faults.c \
    %D%/python_formats.c \
    %D%/python_generators.c \
    %D%/python_interpreter.c \
    %D%/python_iteration.c \
    %D%/python_jumps.c \
    %D%/python_library.c %D%/python_library.h \
    %D%/python_lists.c \
    %D%/python_liveness.c \
    %D%/python_locks.c \
    %D%/python_maps.c \
    %D%/python_operations.h \
    %D%/python_parts.h \
    %D%/python_places.c %D%/python_places.h \
    %D%/python_print_statement.c \
    %D%/python_printing.c \
    %D%/python_queues.c \
    %D%/python_shared_values.c \
    %D%/python_random.c \
    %D%/python_services.h \
    %D%/python_slices.c \
    %D%/python_showing.c \
    %D%/python_special.c \
    %D%/python_state.c %D%/python_state.h \
    %D%/python_strings.c \
    %D%/python_text.c \
    %D%/python_threads.c \
    %D%/python_time.c \
    %D%/python_values.h \
    %D%/python_variables.c \
    %D%/rounds.c %D%/rounds.h \
    %D%/stretches.c \
    %D%/x86.c %D%/x86.h \
    %D%/x86_arithmetic.c \
    %D%/x86_blocks.c \
    %D%/x86_decode.c \
    %D%/x86_emit.c \
    %D%/x86_execute.c \
    %D%/x86_flags.c \
    %D%/x86_known.c \
    %D%/x86_library.c \
    %D%/x86_locks.c \
    %D%/x86_memory.c \
    %D%/x86_names.c \
    %D%/x86_parts.h \
    %D%/x86_places.c \
    %D%/x86_pointers.c \
    %D%/x86_print.c \
    %D%/x86_state.c \
    %D%/x86_streams.c \
    %D%/x86_threads.c \
    %D%/x86_value.c \
    %D%/x86_vectors.c \
    %D%/x86_widen.c
nodist_%C%_libfrontends_a_SOURCES = %D%/python_helper.c %D%/x86_runtime_text.c

# What a Python interpreter runs is a part of the program.
EXTRA_DIST += %D%/python_dump.py %D%/python_real.py %D%/x86_runtime.s
BUILT_SOURCES += %D%/python_helper.c %D%/x86_runtime_text.c
CLEANFILES += %D%/python_helper.c %D%/x86_runtime_text.c

%D%/python_helper.c: $(srcdir)/%D%/python_dump.py $(srcdir)/%D%/python_real.py $(srcdir)/base/text_arrays.sh
	$(AM_V_GEN)$(MKDIR_P) %D% && $(SHELL) $(srcdir)/base/text_arrays.sh frontends/python.h \
	    python_helper $(srcdir)/%D%/python_dump.py python_real $(srcdir)/%D%/python_real.py >$@.new && mv -f $@.new $@

%D%/x86_runtime_text.c: $(srcdir)/%D%/x86_runtime.s $(srcdir)/base/text_arrays.sh
	$(AM_V_GEN)$(MKDIR_P) %D% && $(SHELL) $(srcdir)/base/text_arrays.sh frontends/x86_parts.h x86_runtime $(srcdir)/%D%/x86_runtime.s >$@.new && \
	    mv -f $@.new $@

# report: how it is told.
noinst_LIBRARIES += %D%/libreport.a
%C%_libreport_a_SOURCES = \
    %D%/certificate_file.c %D%/certificate_file.h \
    %D%/condition_section.c %D%/condition_section.h \
    %D%/content.c %D%/content.h \
    %D%/csv_text.c %D%/csv_text.h \
    %D%/deadlock_report.c %D%/deadlock_report.h \
    %D%/dot.c %D%/dot.h \
    %D%/end_cells.c %D%/end_cells.h \
    %D%/equation.c %D%/equation.h \
    %D%/explanation.c %D%/explanation.h \
    %D%/event_section.c %D%/event_section.h \
    %D%/fence_section.c %D%/fence_section.h \
    %D%/findings.c %D%/findings.h \
    %D%/graphviz.c %D%/graphviz.h \
    %D%/html_chart.c %D%/html_chart.h \
    %D%/html_data.c %D%/html_data.h \
    %D%/html_picture.c %D%/html_picture.h \
    %D%/html_report.c %D%/html_report.h \
    %D%/html_schedule.c %D%/html_schedule.h \
    %D%/html_text.c %D%/html_text.h \
    %D%/itf.c %D%/itf.h \
    %D%/json.c %D%/json.h \
    %D%/json_parts.h \
    %D%/json_sweep.c \
    %D%/json_iterations.c \
    %D%/json_testers.c \
    %D%/json_writer.c %D%/json_writer.h \
    %D%/litmus_file.c %D%/litmus_file.h \
    %D%/markdown_text.c %D%/markdown_text.h \
    %D%/measurement.c %D%/measurement.h \
    %D%/measurement_document.c %D%/measurement_document.h \
    %D%/members.c %D%/members.h \
    %D%/middle.h \
    %D%/mermaid.c %D%/mermaid.h \
    %D%/page/page.h \
    %D%/parametric_text.c %D%/parametric_text.h \
    %D%/phrase.c %D%/phrase.h \
    %D%/picture.c %D%/picture.h \
    %D%/promela.c %D%/promela.h \
    %D%/promela_claims.c \
    %D%/promela_never.c \
    %D%/promela_objects.c \
    %D%/promela_output.c \
    %D%/promela_parts.h \
    %D%/promela_process.h \
    %D%/promela_scheduler.c \
    %D%/promela_steps.c \
    %D%/promela_threads.c \
    %D%/promela_watch.c \
    %D%/promela_ways.c \
    %D%/proof.c %D%/proof.h \
    %D%/prose.c %D%/prose.h \
    %D%/provenance_text.c %D%/provenance_text.h \
    %D%/real_run.c %D%/real_run.h \
    %D%/render_html.c %D%/render_html.h \
    %D%/render_markdown.c %D%/render_markdown.h \
    %D%/render_text.c %D%/render_text.h \
    %D%/replay_document.c %D%/replay_document.h \
    %D%/segment_text.c %D%/segment_text.h \
    %D%/sample_section.c %D%/sample_section.h \
    %D%/schedule_part.c %D%/schedule_part.h \
    %D%/step_list.c %D%/step_list.h \
    %D%/step_text.c %D%/step_text.h \
    %D%/step_columns.c %D%/step_columns.h \
    %D%/step_groups.c %D%/step_groups.h \
    %D%/style.h \
    %D%/sweep.c %D%/sweep.h \
    %D%/sweep_csv.c %D%/sweep_csv.h \
    %D%/sweep_table.c %D%/sweep_table.h \
    %D%/table.c %D%/table.h \
    %D%/terminal.c %D%/terminal.h \
    %D%/text_report.c %D%/text_report.h \
    %D%/timeline.c %D%/timeline.h \
    %D%/value_groups.c %D%/value_groups.h \
    %D%/value_table.c %D%/value_table.h \
    %D%/verdict.c %D%/verdict.h \
    %D%/witness_file.c %D%/witness_file.h \
    %D%/witness_table.c %D%/witness_table.h
nodist_%C%_libreport_a_SOURCES = %D%/page/page_texts.c

# The style sheet and the script of HTML reports, as strings.
page_texts = $(srcdir)/%D%/page/page.css $(srcdir)/%D%/page/page.js
EXTRA_DIST += $(page_texts) %D%/page/page.sh
BUILT_SOURCES += %D%/page/page_texts.c
CLEANFILES += %D%/page/page_texts.c %D%/page/page_texts.c.new

%D%/page/page_texts.c: $(page_texts) $(srcdir)/%D%/page/page.sh
	$(AM_V_GEN)$(MKDIR_P) %D%/page
	$(AM_V_at)$(SHELL) $(srcdir)/%D%/page/page.sh $(page_texts) >$@.new
	$(AM_V_at)mv -f $@.new $@

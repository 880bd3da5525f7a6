# reports: how it is told.
noinst_LIBRARIES += %D%/libreports.a
%C%_libreports_a_SOURCES = \
    %D%/certificate_file.c %D%/certificate_file.h \
    %D%/chain.c %D%/chain.h \
    %D%/dot.c %D%/dot.h \
    %D%/explanation.c %D%/explanation.h \
    %D%/graphviz.c %D%/graphviz.h \
    %D%/itf.c %D%/itf.h \
    %D%/json.c %D%/json.h \
    %D%/json_text.c %D%/json_text.h \
    %D%/number.c %D%/number.h \
    %D%/output.c %D%/output.h \
    %D%/paragraph.c %D%/paragraph.h \
    %D%/runs.c %D%/runs.h \
    %D%/setting.c %D%/setting.h \
    %D%/sweep.c %D%/sweep.h \
    %D%/sweep_csv.c %D%/sweep_csv.h \
    %D%/sweep_result.c %D%/sweep_result.h \
    %D%/sweep_table.c %D%/sweep_table.h \
    %D%/terminal.c %D%/terminal.h \
    %D%/text_report.c %D%/text_report.h \
    %D%/timeline.c %D%/timeline.h \
    %D%/utf8.c %D%/utf8.h \
    %D%/value_table.c %D%/value_table.h \
    %D%/witness_file.c %D%/witness_file.h \
    %D%/witness_table.c %D%/witness_table.h

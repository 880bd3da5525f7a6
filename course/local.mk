# course: assignments for a class, and their grades.
noinst_LIBRARIES += %D%/libcourse.a
%C%_libcourse_a_SOURCES = \
    %D%/answer.c %D%/answer.h \
    %D%/answer_numbers.c \
    %D%/answer_schedule.c \
    %D%/assignment.c %D%/assignment.h \
    %D%/assignment_file.c \
    %D%/bundle.c %D%/bundle.h \
    %D%/contribution.c %D%/contribution.h \
    %D%/contribution_search.c \
    %D%/difficulty.c %D%/difficulty.h \
    %D%/exercise.c %D%/exercise.h \
    %D%/edition.c %D%/edition.h \
    %D%/folder.c %D%/folder.h \
    %D%/grade.c %D%/grade.h \
    %D%/grade_file.c %D%/grade_file.h \
    %D%/gradebook.c %D%/gradebook.h %D%/gradebook_parts.h \
    %D%/gradebook_collect.c \
    %D%/gradebook_formats.c %D%/gradebook_formats.h \
    %D%/gradebook_json.c \
    %D%/gradebook_tests.c \
    %D%/gradebook_text.c \
    %D%/grading.c %D%/grading.h \
    %D%/grading_numbers.c \
    %D%/grading_parts.h \
    %D%/grading_repair.c \
    %D%/grading_schedule.c \
    %D%/grading_trial.h \
    %D%/grading_work.c \
    %D%/handout.c %D%/handout.h \
    %D%/lock_span.c %D%/lock_span.h \
    %D%/index.c %D%/index.h \
    %D%/key.c %D%/key.h \
    %D%/key_file.c \
    %D%/key_problem.c %D%/key_problem.h \
    %D%/key_set.c %D%/key_set.h \
    %D%/member.c %D%/member.h \
    %D%/metadata.c %D%/metadata.h \
    %D%/roster.c %D%/roster.h \
    %D%/sheet.c %D%/sheet.h \
    %D%/submission.c %D%/submission.h \
    %D%/substring.c %D%/substring.h \
    %D%/version.c %D%/version.h %D%/version_parts.h \
    %D%/version_count.c \
    %D%/version_minimum.c \
    %D%/version_outcomes.c \
    %D%/version_outputs.c \
    %D%/version_quantum.c \
    %D%/version_repair.c \
    %D%/version_values.c \
    %D%/version_witness.c

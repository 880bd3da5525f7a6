# space: which states there are.
noinst_LIBRARIES += %D%/libspace.a
%C%_libspace_a_SOURCES = \
    %D%/cell_kernel.c %D%/cell_kernel.h %D%/cell_kernel_loops.h \
    %D%/cell_layout.c %D%/cell_layout.h \
    %D%/cell_set.c %D%/cell_set.h \
    %D%/cell_slice.c %D%/cell_slice.h \
    %D%/cells.c %D%/cells.h %D%/cells_parts.h \
    %D%/cells_component.c \
    %D%/cells_compute.c \
    %D%/cells_findings.c \
    %D%/components.c %D%/components.h \
    %D%/control_graph.c %D%/control_graph.h \
    %D%/explore.c \
    %D%/explorer.c %D%/explorer.h \
    %D%/graph.c %D%/graph.h \
    %D%/grid.c %D%/grid.h \
    %D%/grid_view.c \
    %D%/lanes.c %D%/lanes.h \
    %D%/macrostep.c %D%/macrostep.h \
    %D%/observed.c %D%/observed.h \
    %D%/orbits.c %D%/orbits.h \
    %D%/slice.c %D%/slice.h \
    %D%/slots.c %D%/slots.h \
    %D%/space.h \
    %D%/stateset.c %D%/stateset.h \
    %D%/step_memo.c %D%/step_memo.h \
    %D%/straight_line.c %D%/straight_line.h \
    %D%/system.c %D%/system.h \
    %D%/tuples.c %D%/tuples.h

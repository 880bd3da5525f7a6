# The parts of configure that are long and not interesting to read in configure.ac.

# RACECHECK_WARNINGS: sets RACECHECK_CFLAGS to the language and the warnings, and --enable-werror.
AC_DEFUN([RACECHECK_WARNINGS], [
    RACECHECK_CFLAGS=
    AX_APPEND_COMPILE_FLAGS([-std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion], [RACECHECK_CFLAGS], [-Werror])
    AX_APPEND_COMPILE_FLAGS([-Wstrict-prototypes -Wmissing-prototypes -Wvla], [RACECHECK_CFLAGS], [-Werror])
    AC_ARG_ENABLE([werror],
        [AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])])
    AS_IF([test "$enable_werror" = yes], [RACECHECK_CFLAGS="$RACECHECK_CFLAGS -Werror"])
    AC_SUBST([RACECHECK_CFLAGS])
])

# RACECHECK_SANITIZERS: --enable-sanitizers[=LIST]; sets SANITIZERS to the list, empty where there are none.
AC_DEFUN([RACECHECK_SANITIZERS], [
    AC_REQUIRE([RACECHECK_WARNINGS])
    AC_ARG_ENABLE([sanitizers],
        [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@], [compile with sanitizers @<:@address,undefined@:>@])])
    SANITIZERS=
    AS_CASE([$enable_sanitizers],
        [''|no], [],
        [yes], [SANITIZERS=address,undefined],
        [SANITIZERS=$enable_sanitizers])
    # Tests start some ten thousand programs. What sanitizers know of a source is full of pointers, and each page of them that need not be
    # relocated saves time: programs have a fixed address where the linker can do that.
    SANITIZER_LDFLAGS=
    AS_IF([test -n "$SANITIZERS"], [
        sanitizer_flags="-fsanitize=$SANITIZERS -fno-sanitize-recover=all -fno-omit-frame-pointer"
        AC_MSG_CHECKING([whether programs link with -fsanitize=$SANITIZERS])
        save_CFLAGS=$CFLAGS
        CFLAGS="$CFLAGS $sanitizer_flags"
        AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])],
            [AC_MSG_RESULT([no])
             AC_MSG_ERROR([--enable-sanitizers=$SANITIZERS: the compiler cannot do this])])
        save_LDFLAGS=$LDFLAGS
        LDFLAGS="$LDFLAGS -no-pie"
        AC_LINK_IFELSE([AC_LANG_PROGRAM()], [SANITIZER_LDFLAGS=-no-pie])
        LDFLAGS=$save_LDFLAGS
        CFLAGS=$save_CFLAGS
        RACECHECK_CFLAGS="$RACECHECK_CFLAGS $sanitizer_flags"
    ])
    AC_SUBST([SANITIZERS])
    AC_SUBST([SANITIZER_LDFLAGS])
    AM_CONDITIONAL([SANITIZED], [test -n "$SANITIZERS"])
])

# RACECHECK_COVERAGE: --enable-coverage; afterwards `make coverage` runs the tests and gcovr.
AC_DEFUN([RACECHECK_COVERAGE], [
    AC_REQUIRE([RACECHECK_WARNINGS])
    AC_ARG_ENABLE([coverage],
        [AS_HELP_STRING([--enable-coverage], [compile for make coverage (gcc and gcovr)])])
    AS_IF([test "$enable_coverage" = yes], [RACECHECK_CFLAGS="$RACECHECK_CFLAGS --coverage -fprofile-update=atomic"])
    AM_CONDITIONAL([COVERAGE], [test "$enable_coverage" = yes])
])

# RACECHECK_PYTHON: sets PYTHON to a Python that has all modules that the tests use, or else jsonschema, or to nothing.
# The first python3 in PATH need not be the one that the distribution's packages are for.
AC_DEFUN([RACECHECK_PYTHON], [
    AC_CACHE_CHECK([for a Python with jsonschema], [racecheck_cv_python], [
        racecheck_cv_python=no
        for modules in jsonschema,html5lib,junitparser jsonschema; do
            for candidate in "$PYTHON" python3 /usr/bin/python3; do
                AS_IF([test "$racecheck_cv_python" = no && test -n "$candidate" && $candidate -c "import $modules" 2>/dev/null],
                    [racecheck_cv_python=$candidate])
            done
        done
    ])
    AS_IF([test "$racecheck_cv_python" = no], [PYTHON=], [PYTHON=$racecheck_cv_python])
    AC_SUBST([PYTHON])
])

# RACECHECK_LIBGVC: defines LIBGVC, the file of Graphviz's renderer, which is loaded when a picture is drawn: with the libraries
# that it needs it would be a sixth of the time in which racecheck starts and ends.
AC_DEFUN([RACECHECK_LIBGVC],
[PKG_CHECK_MODULES([GVC], [libgvc])
AC_CACHE_CHECK([for the file of libgvc], [racecheck_cv_libgvc],
    [racecheck_saved_libs=$LIBS
    LIBS="-Wl,--no-as-needed $GVC_LIBS $LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
        [racecheck_cv_libgvc=`LC_ALL=C objdump -p conftest$EXEEXT | sed -n 's/^ *NEEDED *\(libgvc[[^ ]]*\)$/\1/p'`])
    LIBS=$racecheck_saved_libs])
AS_IF([test -z "$racecheck_cv_libgvc"], [AC_MSG_ERROR([a program cannot be linked with libgvc])])
AC_DEFINE_UNQUOTED([LIBGVC], ["$racecheck_cv_libgvc"], [The shared object of Graphviz's renderer.])
])

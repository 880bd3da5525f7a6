#!/bin/sh
# test_docs.sh [FILE...]: the examples in the documentation are true; prints TAP.
#
# An indented block that begins with `$ ` is a session: each line `$ COMMAND` is run, and what follows up to the next one is
# what it prints, on standard output and standard error together. A line `...` stands for any number of lines. The sessions
# of a file are run one after the other in a directory with a copy of examples/, where `racecheck`
# and `racecheck-verify` are those under test.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 99

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-docs.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

unset NO_COLOR CLICOLOR CLICOLOR_FORCE COLUMNS
LC_ALL=C.UTF-8
PATH=$work/bin:$PATH
export LC_ALL PATH
mkdir "$work/bin" || exit 99
for program in racecheck racecheck-verify; do
    cat >"$work/bin/$program" <<END
#!/bin/sh
exec '${RACECHECK%/*}/$program' "\$@"
END
    chmod +x "$work/bin/$program"
done

number=0
failures=0

# Writes the commands of file $1 as $work/session/NUMBER.command, what they print as NUMBER.expected, and where they stand
# as NUMBER.line.
split_sessions() {
    awk -v to="$work/session/" '
        function finish() {
            # Empty lines at the end of a block belong to the text around it.
            if (writing)
                while (count > 0 && lines[count] == "")
                    count--
            for (i = 1; writing && i <= count; i++)
                print lines[i] >(to session ".expected")
            if (writing)
                close(to session ".expected")
            count = 0
            writing = 0
        }
        !/^    / && !/^$/ { finish(); block = 0; session_block = 0; next }
        /^$/ { if (writing) lines[++count] = ""; next }
        {
            line = substr($0, 5)
            if (!block)
                session_block = line ~ /^\$ /
            block = 1
            if (!session_block)
                next
            if (line ~ /^\$ /) {
                finish()
                session = sprintf("%03d", ++sessions)
                print substr(line, 3) >(to session ".command")
                print NR >(to session ".line")
                printf "" >(to session ".expected")
                close(to session ".command")
                close(to session ".line")
                writing = 1
            } else {
                lines[++count] = line
            }
        }
        END { finish() }' "$1"
}

# matches EXPECTED GOT: whether the lines are the same, where a line `...` stands for any number of lines.
matches() {
    awk '
        FILENAME == ARGV[1] { expected[++wanted] = $0; next }
        { got[++given] = $0 }
        END {
            e = g = 1
            star = 0
            while (g <= given) {
                if (e <= wanted && expected[e] ~ /^ *\.\.\. *$/) {
                    star = e++
                    retry = g
                } else if (e <= wanted && expected[e] == got[g]) {
                    e++
                    g++
                } else if (star) {
                    e = star + 1
                    g = ++retry
                } else {
                    exit 1
                }
            }
            while (e <= wanted && expected[e] ~ /^ *\.\.\. *$/)
                e++
            exit e <= wanted
        }' "$1" "$2"
}

# Runs the sessions of a file; the exit status of a command is there for the next one.
run_file() {
    rm -rf "$work/session" "$work/room"
    mkdir "$work/session" "$work/room" && cp -R "$top/examples" "$work/room" && chmod -R u+w "$work/room" || exit 99
    split_sessions "$top/$1"
    status=0
    for command in "$work"/session/*.command; do
        [ -f "$command" ] || return
        name=${command%.command}
        (
            cd "$work/room" || exit 99
            (exit "$status")
            eval "$(cat "$command")"
        ) >"$name.got" 2>&1 </dev/null
        status=$?
        number=$((number + 1))
        if matches "$name.expected" "$name.got"; then
            printf '%s\n' "ok $number - $1:$(cat "$name.line"): $(cat "$command")"
        else
            failures=$((failures + 1))
            printf '%s\n' "not ok $number - $1:$(cat "$name.line"): $(cat "$command")"
            diff -u --label expected --label got "$name.expected" "$name.got" | head -n 80 | sed 's/^/# /'
        fi
    done
}

[ $# -gt 0 ] || set -- README.md docs/c.md docs/litmus.md docs/tutorial.md docs/experiments.md docs/exports.md docs/teaching.md examples/README.md examples/course/README.md
for file in "$@"; do
    if [ -f "$top/$file" ]; then
        run_file "$file"
    else
        number=$((number + 1))
        failures=$((failures + 1))
        echo "not ok $number - there is no $file"
    fi
done
echo "1..$number"
[ $failures -eq 0 ]

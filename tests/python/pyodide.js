// pyodide.js FOLDER HELPER [run]: has the CPython in pyodide's package compile programs, or run them; names and texts come as JSON on standard
// input, and dumps, or what is printed, as JSON, go to standard output, one a line. compilers.py calls this. Nothing is fetched.
const fs = require("fs");
const path = require("path");

async function main(folder, helper, what) {
    const { loadPyodide } = require(path.resolve(folder, "pyodide.js"));
    const python = await loadPyodide({ indexURL: path.resolve(folder) + "/", stdout: () => {}, stderr: console.error });
    python.FS.writeFile("/helper.py", fs.readFileSync(helper));
    const dump = python.runPython(`
import contextlib, io, json
space = {"__name__": "helper"}
exec(compile(open("/helper.py").read(), "/helper.py", "exec"), space)
def run(name, text):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(text, name, "exec"), {"__name__": "__main__"})
    return json.dumps(printed.getvalue())
run if "${what}" == "run" else lambda name, text: json.dumps(space["dump"](text.encode(), name))
`);
    for (const [name, text] of JSON.parse(fs.readFileSync(0, "utf8")))
        process.stdout.write(dump(name, text) + "\n");
}

main(process.argv[2], process.argv[3], process.argv[4]).catch(error => {
    console.error(String(error));
    process.exit(1);
});

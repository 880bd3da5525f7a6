// pyodide.js FOLDER HELPER: has the CPython in pyodide's package compile programs; names and texts come as JSON on standard input, and dumps
// go to standard output, one a line. compilers.py calls this. Nothing is fetched.
const fs = require("fs");
const path = require("path");

async function main(folder, helper) {
    const { loadPyodide } = require(path.resolve(folder, "pyodide.js"));
    const python = await loadPyodide({ indexURL: path.resolve(folder) + "/", stdout: () => {}, stderr: console.error });
    python.FS.writeFile("/helper.py", fs.readFileSync(helper));
    const dump = python.runPython(`
import json
space = {"__name__": "helper"}
exec(compile(open("/helper.py").read(), "/helper.py", "exec"), space)
lambda name, text: json.dumps(space["dump"](text.encode(), name))
`);
    for (const [name, text] of JSON.parse(fs.readFileSync(0, "utf8")))
        process.stdout.write(dump(name, text) + "\n");
}

main(process.argv[2], process.argv[3]).catch(error => {
    console.error(String(error));
    process.exit(1);
});

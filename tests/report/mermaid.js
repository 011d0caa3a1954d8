// Reads every file named as a Mermaid diagram; prints what is refused, and of which type the others are.
const { readFileSync } = require("node:fs");
const { pathToFileURL } = require("node:url");
const { JSDOM } = require("jsdom");

globalThis.window = new JSDOM("<body></body>").window;
globalThis.document = window.document;

async function main() {
  const { default: mermaid } = await import(pathToFileURL(require.resolve("mermaid")));
  for (const file of process.argv.slice(2)) {
    try {
      console.log(file, (await mermaid.parse(readFileSync(file, "utf8"))).diagramType);
    } catch (error) {
      console.log(file, "refused:", error.message);
      process.exitCode = 1;
    }
  }
}

main();

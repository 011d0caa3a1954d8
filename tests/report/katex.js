// Parses every formula of a JSON file with KaTeX, errors on; prints what it refuses.
const fs = require("fs");
const katex = require("katex");

let refused = 0;
for (const { tex, display, where } of JSON.parse(fs.readFileSync(process.argv[2], "utf8"))) {
  try {
    katex.renderToString(tex, { displayMode: display, throwOnError: true, strict: "error" });
  } catch (error) {
    refused += 1;
    console.log(`${where}: ${error.message}\n  ${tex}`);
  }
}
console.log(`KaTeX ${katex.version}: ${refused} refused`);
process.exit(refused ? 1 : 0);

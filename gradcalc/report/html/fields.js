
// Keeps the answers in the browser, and writes and reads them as a sheet: YAML, of which it reads what sheets are made of.
for (const page of document.querySelectorAll(".gradcalc:not([data-filled])")) {
  const tools = page.querySelector(".tools");
  if (!tools) continue;
  page.dataset.filled = "yes";
  const told = tools.querySelector(".told");
  const owner = tools.querySelector(".name");
  const store = `gradcalc-sheet-${tools.dataset.key}`;
  const fields = [...page.querySelectorAll(".field")].map((box) => ({
    keys: JSON.parse(box.dataset.keys),
    flat: Boolean(box.dataset.flat),
    rows: [...box.querySelectorAll("tr")].map((row) => [...row.querySelectorAll("input")]),
    whole: box.querySelector(".whole"),
  }));

  // A longer number than was to be expected makes its place wider.
  const least = fields.flatMap(({ rows }) => rows.flat())[0]?.size;
  const fit = (input) => { input.size = Math.max(least, input.value.length); };

  // What isn't plainly a number is quoted; a JSON string is one in YAML too.
  const number = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;
  const scalar = (text) => (number.test(text) ? text : JSON.stringify(text));
  const keyed = (key) => (/^[A-Za-z_]\w*$/.test(key) && !/^(null|true|false|yes|no|on|off|y|n)$/i.test(key) || /^\d+$/.test(key)
    ? key : JSON.stringify(key));
  const cell = (input) => (input.value.trim() ? scalar(input.value.trim()) : "null");
  function written({ flat, rows, whole }) {
    if (whole.value.trim()) return scalar(whole.value.trim());
    if (!rows.flat().some((input) => input.value.trim())) return "";
    if (flat) return `[${rows.flat().map(cell).join(", ")}]`;
    return `[${rows.map((row) => `[${row.map(cell).join(", ")}]`).join(", ")}]`;
  }

  function sheet() {
    const lines = owner.value.trim() ? [`name: ${JSON.stringify(owner.value.trim())}`] : [];
    let open = [];
    for (const field of fields) {
      const text = written(field);
      if (!text) continue;
      const above = field.keys.slice(0, -1);
      let same = 0;
      while (same < above.length && open[same] === above[same]) same += 1;
      for (let depth = same; depth < above.length; depth += 1) lines.push(`${"  ".repeat(depth)}${keyed(above[depth])}:`);
      lines.push(`${"  ".repeat(above.length)}${keyed(field.keys.at(-1))}: ${text}`);
      open = above;
    }
    return lines.length ? `${lines.join("\n")}\n` : "{}\n";
  }

  // Reading: mappings by indentation or in braces, lists in brackets, quoted and plain text. Numbers stay as written.
  function inline(text) {
    let at = 0;
    const fail = () => { throw new Error(text.slice(0, 40)); };
    const space = () => { while (/\s/.test(text[at] ?? "")) at += 1; };
    function quoted() {
      const rest = text.slice(at);
      const found = /^"(?:[^"\\]|\\.)*"|^'(?:[^']|'')*'/s.exec(rest) ?? fail();
      at += found[0].length;
      return rest[0] === '"' ? JSON.parse(found[0]) : found[0].slice(1, -1).replaceAll("''", "'");
    }
    function plain(ends) {
      const start = at;
      while (at < text.length && !ends.includes(text[at])) at += 1;
      const word = text.slice(start, at).trim();
      return word === "" || word === "~" || word === "null" ? null : word;
    }
    function value(ends) {
      space();
      if (text[at] === '"' || text[at] === "'") return quoted();
      if (text[at] === "[") return many("]", [], (list) => list.push(value(",]")));
      if (text[at] === "{") {
        return many("}", {}, (map) => {
          space();
          const key = text[at] === '"' || text[at] === "'" ? quoted() : plain(":");
          space();
          if (text[at] !== ":") fail();
          at += 1;
          map[key] = value(",}");
        });
      }
      return plain(ends);
    }
    function many(end, made, add) {
      at += 1;
      for (space(); text[at] !== end; space()) {
        add(made);
        space();
        if (text[at] === ",") at += 1;
        else if (text[at] !== end) fail();
      }
      at += 1;
      return made;
    }
    const found = value("");
    space();
    return at < text.length ? fail() : found;
  }

  const uncommented = (line) => line.replace(/^((?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^"'#]|(?<=\S)#)*?)(?:(?<=\s)|^)#.*$/, "$1");
  const closed = (text) => {
    const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, "");
    return bare.split(/[[{]/).length <= bare.split(/[\]}]/).length;
  };
  function read(text) {
    const lines = text.replace(/^\ufeff/, "").split(/\r?\n/).map(uncommented).filter((line) => line.trim() && !/^---/.test(line));
    if (/^\s*\{/.test(lines[0] ?? "")) return inline(lines.join("\n"));
    const made = {};
    const open = [{ depth: -1, map: made }];
    for (let i = 0; i < lines.length; i += 1) {
      const found = /^( *)("(?:[^"\\]|\\.)*"|'[^']*'|[^:"'[{]+(?:\[[^\]]*\])?)\s*:(?:\s+(.*))?$/.exec(lines[i]);
      if (!found) throw new Error(lines[i].trim());
      while (open.at(-1).depth >= found[1].length) open.pop();
      const key = inline(found[2].trim().replace(/^([^"'].*)$/s, (name) => JSON.stringify(name)));
      let rest = (found[3] ?? "").trim();
      while (/^[[{]/.test(rest) && !closed(rest) && i + 1 < lines.length) rest += ` ${lines[i += 1].trim()}`;
      const parent = open.at(-1).map;
      if (rest) {
        parent[key] = inline(rest);
      } else {
        parent[key] = {};
        open.push({ depth: found[1].length, map: parent[key] });
      }
    }
    return made;
  }

  const inner = (map, keys) => keys.reduce((here, key) => (here && typeof here === "object" ? here[key] : undefined), map);
  const isEmpty = (value) => value === null || value === undefined || (typeof value === "object" && !Array.isArray(value));

  // False for numbers that aren't of the field's shape.
  function put({ flat, rows, whole }, value) {
    const inputs = rows.flat();
    for (const input of [...inputs, whole]) input.value = "";
    inputs.forEach(fit);
    if (isEmpty(value)) return true;
    if (!Array.isArray(value)) {
      whole.value = value;
      return true;
    }
    const list = value.flat();
    const fits = value.some(Array.isArray)
      ? value.length === rows.length && value.every((row, i) => row === null || row.length === rows[i].length)
      : flat && list.length === inputs.length;
    if (!fits) {
      whole.value = JSON.stringify(value).replaceAll('"', "");
      return !inputs.length;
    }
    const spread = value.some(Array.isArray) ? value.flatMap((row, i) => row ?? rows[i].map(() => null)) : list;
    inputs.forEach((input, i) => {
      input.value = spread[i] ?? "";
      fit(input);
    });
    return true;
  }

  // What a sheet has that this page doesn't ask.
  function unknown(map, above = []) {
    return Object.entries(map).flatMap(([key, value]) => {
      const keys = [...above, key];
      const path = JSON.stringify(keys);
      if (fields.some((field) => JSON.stringify(field.keys) === path) || (!above.length && key === "name")) return [];
      if (value && typeof value === "object" && !Array.isArray(value)) return unknown(value, keys);
      return value === null ? [] : [keys.join(".")];
    });
  }

  function fill(map) {
    owner.value = typeof map.name === "string" ? map.name : "";
    return fields.filter((field) => !put(field, inner(map, field.keys))).map((field) => field.keys.join("."));
  }

  function keep() {
    try {
      localStorage.setItem(store, sheet());
    } catch {
      told.textContent = "This browser keeps nothing: save the answers.";
    }
  }

  function load(text) {
    let map;
    try {
      map = read(text);
    } catch (error) {
      told.textContent = `Not loaded, as this can't be read: ${error.message}`;
      return;
    }
    const misfits = fill(map);
    const others = unknown(map);
    told.textContent = ["Loaded.", misfits.length ? `Not of the right shape: ${misfits.join(", ")}.` : "",
      others.length ? `Not asked here, and left out: ${others.join(", ")}.` : ""].filter(Boolean).join(" ");
    keep();
  }

  function save() {
    const link = document.createElement("a");
    const address = URL.createObjectURL(new Blob([sheet()], { type: "application/yaml" }));
    Object.assign(link, { href: address, download: "answers.yaml" });
    page.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    told.textContent = "Saved as answers.yaml.";
  }

  try {
    const kept = localStorage.getItem(store);
    if (kept) fill(read(kept));
  } catch {
    told.textContent = "What was typed before could not be read.";
  }
  page.addEventListener("input", (event) => {
    if (event.target.matches(".field input, .name")) {
      told.textContent = "";
      if (event.target.closest(".grid")) fit(event.target);
      keep();
    }
  });
  tools.querySelector(".save").addEventListener("click", save);
  tools.querySelector(".clear").addEventListener("click", () => {
    if (!window.confirm("Empty all fields?")) return;
    fill({});
    keep();
    told.textContent = "Emptied.";
  });
  tools.querySelector(".load input").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) load(await file.text());
    event.target.value = "";
  });
  // Up, down and Enter go from row to row.
  page.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    const field = fields.find(({ rows }) => rows.flat().includes(event.target));
    if (!by || !field || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = field.rows.findIndex((inputs) => inputs.includes(event.target));
    const next = field.rows[row + by]?.[field.rows[row].indexOf(event.target)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });
}

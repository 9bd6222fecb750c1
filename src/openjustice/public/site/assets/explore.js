// The explorer: choices in the address, chart and table of what is chosen, and files that hold exactly that.
(() => {
  "use strict";
  const D = globalThis.openjusticeTables, W = D.words, { makeSpec, say } = globalThis.openjusticeChart;
  const find = (name) => document.getElementById(name);
  const place = document.currentScript.dataset.vega;
  const isEmbedded = document.body.classList.contains("embed");
  const MOST = 8, MOST_AREAS = 5;
  const KEYS = ["measure", "table", "beside", "codes", "from", "to", "vintage"];
  const number = (value, decimals) => new Intl.NumberFormat(document.documentElement.lang,
    { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
  let state = {}, shown = null, drawn = null, asked = null;

  const measureOf = (name) => D.measures.find((item) => item.name === name) ?? D.measures[0];
  const tableOf = (measure, name) => measure.tables.find((item) => item.name === name) ?? measure.tables[0];
  const rowsOf = (table) => table.index ??= new Map(table.rows.map((cells) => {
    const count = table.variables.length;
    return [cells.slice(0, count).join("\n"), Object.fromEntries(D.columns.map((name, at) => [name, cells[count + at]]))];
  }));
  const rowOf = (table, codes) => rowsOf(table).get(table.variables.map((item) => codes[item.name] ?? D.total).join("\n"));
  const rolesOf = (table) => {
    const time = table.variables.find((item) => item.time), others = table.variables.filter((item) => item !== time);
    return time ? { time, main: others[0], rest: others.slice(1) } : { main: others[0], rest: others.slice(1) };
  };
  const labelOf = (variable, code) => code === D.total ? W.all : variable.codes.find((item) => item[0] === code)?.[1] ?? code;

  // --- what is chosen -----------------------------------------------------------------------------------------------
  const usual = (measure, roles) => {
    if (!roles.main) return [];
    const codes = roles.main.codes.map((item) => item[0]), parts = codes.filter((code) => code !== D.total);
    if (!roles.time) return parts;
    if (roles.main.area) return roles.main.divides ? [D.total, parts[0]] : [D.total];
    return parts.length <= MOST ? parts : [D.total];
  };
  const complete = (given) => {
    const measure = measureOf(given.measure), table = tableOf(measure, given.table), roles = rolesOf(table);
    const known = new Set((roles.main?.codes ?? []).map((item) => item[0]));
    const asked = (given.codes ?? []).filter((code) => known.has(code));
    const times = (roles.time?.codes ?? []).map((item) => item[0]).filter((code) => code !== D.total);
    const fixed = {};
    for (const item of roles.rest) {
      const code = given.fixed?.[item.name];
      fixed[item.name] = item.codes.some((pair) => pair[0] === code) ? code : D.total;
    }
    const from = times.includes(given.from) ? given.from : times[0];
    const to = times.includes(given.to) && times.indexOf(given.to) >= times.indexOf(from) ? given.to : times.at(-1);
    return { measure: measure.name, table: table.name, beside: besides(measure, table).some((item) => item.name === given.beside) ? given.beside : "",
      codes: asked.length ? limit(asked, roles) : usual(measure, roles), fixed, from, to, vintage: given.vintage };
  };
  const limit = (codes, roles) => roles.time ? codes.slice(0, roles.main?.area ? MOST_AREAS + 1 : MOST) : codes;
  const besides = (measure, table) => {
    const names = table.variables.map((item) => item.name).join();
    return table.variables.length === 1 && table.variables[0].time
      ? D.measures.filter((item) => item !== measure && item.tables.some((one) => one.variables.map((v) => v.name).join() === names)) : [];
  };
  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1)), made = { fixed: {} };
    for (const [name, text] of given) {
      if (name === "codes") made.codes = text.split("~");
      else if (KEYS.includes(name)) made[name] = text;
      else made.fixed[name] = text;
    }
    return complete(made);
  };
  const address = () => {
    const made = new URLSearchParams();
    for (const name of ["measure", "table", "beside", "from", "to"]) if (state[name]) made.set(name, state[name]);
    if (state.codes.length) made.set("codes", state.codes.join("~"));
    for (const [name, code] of Object.entries(state.fixed)) made.set(name, code);
    made.set("vintage", D.vintage);
    return `#${made}`;
  };

  // --- what is shown ------------------------------------------------------------------------------------------------
  const point = (measure, table, codes, at) => {
    const row = rowOf(table, codes) ?? { value: null, value_marker: "x", status_marker: null, value_low: null, value_high: null };
    const marker = row.value === null ? row.value_marker || "x" : null;
    const text = row.value === null ? D.markers[marker][0] : number(row.value, measure.decimals);
    return { at, value: row.value, low: row.value_low, high: row.value_high, marker, status: row.status_marker, text,
      tip: `${at}: ${text}${row.status_marker ? ` (${D.markers[row.status_marker][0]})` : ""}`, row, codes };
  };
  const seriesOf = (measure, table) => {
    const roles = rolesOf(table);
    if (!roles.time) {
      return [{ name: measure.title, unit: measure.unit, measure, table, points: state.codes.map((code) =>
        point(measure, table, { ...state.fixed, [roles.main.name]: code }, labelOf(roles.main, code))) }];
    }
    const times = roles.time.codes.map((item) => item[0]).filter((code) => code !== D.total);
    const chosen = times.slice(times.indexOf(state.from), times.indexOf(state.to) + 1);
    return (roles.main ? state.codes : [null]).map((code) => ({
      name: roles.main ? labelOf(roles.main, code) : measure.title, unit: measure.unit, measure, table, code,
      points: chosen.map((at) => point(measure, table,
        { ...state.fixed, [roles.time.name]: at, ...(roles.main ? { [roles.main.name]: code } : {}) }, labelOf(roles.time, at))),
    }));
  };
  const reasonsApart = (measure, roles, series) => {
    const reasons = [];
    if (series.length > 1 && roles.main?.area && !roles.main.divides) reasons.push(measure.divided ? W.own : W.counts);
    if (series.length > 1 && series.some((item) => item.code !== D.total && item.points.some((p) => p.value !== null && p.row.coverage !== null && p.row.coverage < 1)) && roles.main?.area) reasons.push(W.incomplete);
    if (state.beside) reasons.push(...(D.obstacles[`${state.measure}|${state.beside}`] ?? []));
    return reasons;
  };
  const gather = () => {
    const measure = measureOf(state.measure), table = tableOf(measure, state.table), roles = rolesOf(table);
    const series = seriesOf(measure, table);
    if (state.beside) {
      const other = measureOf(state.beside);
      const same = other.tables.find((item) => item.variables.map((v) => v.name).join() === table.variables.map((v) => v.name).join());
      series.push(...seriesOf(other, same));
    }
    const apart = reasonsApart(measure, roles, series);
    const flags = [...new Set(series.flatMap((item) => item.measure.flags))];
    const points = series.flatMap((item) => item.points), known = points.filter((item) => item.value !== null);
    const named = (one) => ({ value: one.text, where: one.at });
    const says = !known.length ? W.none : [say(W.shown, { count: points.length }),
      say(W.high, named(known.reduce((a, b) => b.value > a.value ? b : a))), say(W.low, named(known.reduce((a, b) => b.value < a.value ? b : a)))].join(" ");
    const marks = [[W.provisional, points.some((p) => p.status === "p")], [W.withheld, roles.time && points.some((p) => p.marker === "c")],
      [W.unavailable, roles.time && points.some((p) => p.marker === "x")], [W.broken, roles.time && points.some((p) => p.status === "b")],
      [say(W.band, { share: measure.interval }), series.length <= 3 && points.some((p) => p.low !== null)]].filter((item) => item[1]).map((item) => item[0]);
    const rest = roles.rest.map((item) => `${item.title}: ${labelOf(item, state.fixed[item.name])}`);
    const title = [table.title, ...rest].join(". ");
    return { measure, table, roles, series, apart, flags, marks, says, title };
  };

  // --- the page -----------------------------------------------------------------------------------------------------
  const element = (name, given = {}, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(given)) key in made ? made[key] = value : made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  const options = (select, pairs, chosen) => {
    select.replaceChildren(...pairs.map(([value, label]) => element("option", { value, selected: value === chosen }, label)));
    select.parentElement.hidden = pairs.length < 2;
  };
  const fillControls = () => {
    const { measure, table, roles } = shown, times = (roles.time?.codes ?? []).filter((item) => item[0] !== D.total);
    options(find("measure"), D.measures.map((item) => [item.name, item.title]), measure.name);
    find("measure").parentElement.hidden = false;
    options(find("table"), measure.tables.map((item) => [item.name, item.title]), table.name);
    const none = find("beside").options[0].textContent;
    options(find("beside"), [["", none], ...besides(measure, table).map((item) => [item.name, item.title])], state.beside);
    options(find("from"), times, state.from);
    options(find("to"), times, state.to);
    find("fixed").replaceChildren(...roles.rest.map((item) => {
      const select = element("select", { name: item.name });
      const label = element("label", {}, item.title, " ", select);
      options(select, item.codes.map(([code]) => [code, labelOf(item, code)]), state.fixed[item.name]);
      return label;
    }));
    find("codes").hidden = !roles.main;
    if (!roles.main) return;
    find("legend").textContent = roles.main.title;
    const isFull = roles.time && state.codes.length >= (roles.main.area ? MOST_AREAS + 1 : MOST);
    find("boxes").replaceChildren(...roles.main.codes.map(([code]) => element("label", {},
      element("input", { type: "checkbox", value: code, checked: state.codes.includes(code), disabled: isFull && !state.codes.includes(code) }),
      ` ${labelOf(roles.main, code)}`)));
    find("status").textContent = isFull ? say(W.most, { count: state.codes.length }) : "";
  };
  const mark = (code) => element("abbr", { className: `m m-${code}`, title: D.markers[code][1] }, code);
  const cell = (value, marker, decimals) => element("td", { className: "n" }, value === null || value === undefined ? mark(marker || "z") : number(value, decimals));
  const fillTable = () => {
    const { series, title, roles, measure } = shown, divided = series.some((item) => item.measure.divided);
    const hasInterval = series.some((item) => item.points.some((p) => p.low !== null));
    const heads = [roles.time?.title ?? roles.main.title, ...(series.length > 1 ? [roles.main?.title ?? W.measure] : []),
      ...(divided ? [W.count, W.divisor] : []), series.length > 1 && state.beside ? W.value : measure.unit, ...(hasInterval ? [W.interval] : [])];
    const body = element("tbody");
    for (const item of series) for (const p of item.points) {
      const line = element("tr", {}, element("th", { scope: "row" }, p.at));
      if (series.length > 1) line.append(element("td", {}, item.name));
      if (divided) line.append(cell(p.row.numerator, p.row.numerator_marker, 0), cell(p.row.denominator, p.row.denominator_marker, 0));
      const value = cell(p.value, p.marker, item.measure.decimals);
      if (p.status) value.append(element("sup", { className: "st", title: D.markers[p.status][1] }, p.status));
      line.append(value);
      if (hasInterval) line.append(element("td", { className: "n" }, p.low === null ? mark(p.marker || "z") : `${number(p.low, item.measure.decimals)} – ${number(p.high, item.measure.decimals)}`));
      body.append(line);
    }
    const table = element("table", {}, element("caption", {}, title),
      element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)))), body);
    const found = [...new Set(series.flatMap((item) => item.points.flatMap((p) => [p.marker, p.status])).filter(Boolean))];
    const explained = element("ul", { className: "explains" }, ...found.map((code) => element("li", {},
      "cxz".includes(code) ? mark(code) : element("sup", { className: "st" }, code), ` ${D.markers[code][1]}`)));
    const box = element("div", { className: "scroll", tabIndex: 0, role: "region" }, table);
    box.setAttribute("aria-label", say(W.table, { title }));
    find("numbers").replaceChildren(box, explained);
  };
  const load = (name) => new Promise((done, failed) => document.head.append(element("script", { src: place + name, onload: done, onerror: failed })));
  const runtime = () => asked ??= load("vega.min.js").then(() => load("vega-interpreter.js"));
  const spec = (width) => makeSpec({ title: shown.title, kind: shown.roles.time ? "lines" : "rows", lines: shown.table.lines,
    order: shown.series[0]?.points.map((p) => p.at) ?? [], apart: shown.apart.length > 0, says: shown.says, width,
    series: shown.series.map((item) => ({ name: item.name, unit: item.unit, points: item.points.map(({ row, codes, ...p }) => p) })),
    notes: [...shown.apart, ...shown.marks.length ? [shown.marks.join("; ")] : [], ...shown.flags.map((text) => `${W.remember}: ${text}`), D.citation] });
  const draw = async () => {
    await runtime();
    const { vega, vegaInterpreter } = globalThis;
    const width = Math.max(300, Math.min(840, find("chart").clientWidth));
    drawn?.finalize();
    const parsed = vega.parse(spec(width), null, { ast: true });
    drawn = new vega.View(parsed, { expr: vegaInterpreter.expressionInterpreter, renderer: "svg", container: find("chart"), hover: false });
    await drawn.runAsync();
    find("view").dataset.drawn = address();
  };
  const show = () => {
    shown = gather();
    find("view").hidden = false;
    find("view-title").textContent = shown.title;
    const isOlder = state.vintage && state.vintage !== D.vintage;
    find("older").hidden = !isOlder;
    find("older").textContent = isOlder ? say(W.older, { old: state.vintage, new: D.vintage }) : "";
    find("reasons").hidden = !shown.apart.length;
    find("reasons").replaceChildren(element("strong", {}, W.apart), ` ${shown.apart.join(" ")}`);
    find("explained").textContent = [...shown.marks, ...shown.flags].join(" · ");
    find("cite").textContent = `${D.citation} ${D.license}.`;
    fillTable();
    if (isEmbedded) find("whole").href = `${D.dataset}.html${address()}`;
    else {
      fillControls();
      const here = new URL(address(), location.href).href, framed = new URL(`${D.dataset}.embed.html${address()}`, location.href).href;
      find("link").value = here;
      find("frame").value = `<iframe src="${framed.replaceAll("&", "&amp;")}" title="${shown.title.replaceAll('"', "&quot;")}" width="100%" height="640" loading="lazy"></iframe>`;
    }
    return draw();
  };

  // --- files --------------------------------------------------------------------------------------------------------
  const about = () => ({ title: shown.title, citation: D.citation, license: D.license, license_url: D.license_url, vintage: D.vintage,
    manifest_sha256: D.manifest, invented: D.invented, link: find("link").value, flags: shown.flags, shown_apart_because: shown.apart });
  const records = () => shown.series.flatMap((item) => item.points.map((p) => ({ measure: item.measure.name, unit: item.unit,
    ...Object.fromEntries(item.table.variables.map((v) => [v.name, p.codes[v.name] ?? D.total])),
    ...Object.fromEntries(D.columns.map((name) => [name, p.row[name] ?? null])) })));
  const asCsv = () => {
    const lines = records(), names = Object.keys(lines[0] ?? {}), quote = (text) => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const tail = [shown.flags.join(" "), D.vintage, D.citation];
    const rows = lines.map((line) => [...names.map((name) => line[name] ?? ""), ...tail].map((item) => quote(String(item))).join(","));
    return `${[...names, "flags", "vintage", "citation"].join(",")}\r\n${rows.join("\r\n")}\r\n`;
  };
  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const asSvg = async () => {
    const text = await drawn.toSVG();
    const inside = `<title>${escape(shown.title)}</title><desc>${escape(shown.says)}</desc><metadata>${escape(JSON.stringify(about()))}</metadata>`;
    return text.replace(/(<svg[^>]*>)/, `$1${inside}`);
  };
  const crc = (bytes) => {
    let sum = -1;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    }
    return (sum ^ -1) >>> 0;
  };
  const asPng = async () => {
    const canvas = await drawn.toCanvas(2);
    const bytes = new Uint8Array(await (await new Promise((done) => canvas.toBlob(done, "image/png"))).arrayBuffer());
    const body = new TextEncoder().encode(`iTXtDescription\0\0\0\0\0${JSON.stringify(about())}`);
    const chunk = new Uint8Array(body.length + 8), view = new DataView(chunk.buffer);
    view.setUint32(0, body.length - 4);
    chunk.set(body, 4);
    view.setUint32(body.length + 4, crc(body));
    const head = 33; // the signature and the first chunk, which must stay first
    return new Blob([bytes.slice(0, head), chunk, bytes.slice(head)], { type: "image/png" });
  };
  const make = {
    csv: async () => new Blob([asCsv()], { type: "text/csv" }),
    json: async () => new Blob([`${JSON.stringify({ ...about(), rows: records() }, null, 1)}\n`], { type: "application/json" }),
    svg: async () => new Blob([await asSvg()], { type: "image/svg+xml" }),
    png: asPng,
  };
  const save = async (kind) => {
    await draw();
    const link = element("a", { href: URL.createObjectURL(await make[kind]()), download: `${shown.table.id}-${D.vintage}.${kind}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  // --- what people do -----------------------------------------------------------------------------------------------
  const change = (event) => {
    const given = { ...state, vintage: D.vintage }, { target } = event;
    if (target.id === "measure") Object.assign(given, { measure: target.value, codes: [], fixed: {}, beside: "" });
    else if (target.id === "table") Object.assign(given, { table: target.value, codes: [], fixed: {}, beside: "" });
    else if (["beside", "from", "to"].includes(target.id)) given[target.id] = target.value;
    else if (target.type === "checkbox") given.codes = [...find("boxes").querySelectorAll("input:checked")].map((item) => item.value);
    else given.fixed = { ...state.fixed, [target.name]: target.value };
    const focus = target.type === "checkbox" ? target.value : null;
    state = complete(given);
    history.replaceState(null, "", address());
    show();
    if (focus !== null) find("boxes").querySelector(`input[value="${CSS.escape(focus)}"]`)?.focus();
  };
  state = read();
  find("choose").addEventListener("submit", (event) => event.preventDefault());
  find("choose").addEventListener("change", change);
  addEventListener("hashchange", () => { state = read(); show(); });
  if (!isEmbedded) {
    find("choose").hidden = find("share").hidden = false;
    for (const button of document.querySelectorAll("[data-save]")) button.addEventListener("click", () => save(button.dataset.save));
    for (const name of ["link", "frame"]) find(name).addEventListener("focus", (event) => event.target.select());
  }
  show();
})();

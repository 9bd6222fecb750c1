// Finds names as they are typed. The lists are fetched when the first letter is known, as scripts, so that a folder works too.
(() => {
  const page = document.getElementById("search-page"), box = document.getElementById("search-words");
  const list = document.getElementById("search-results"), told = document.getElementById("search-told");
  const words = JSON.parse(page.dataset.words), kinds = JSON.parse(page.dataset.kinds), starts = page.dataset.starts.split(" ");
  const known = {}, waiting = {}, most = 50;
  window.justiceSearch = (start, rows) => { known[start] = rows; (waiting[start] || []).forEach(go => go()); };
  const plain = text => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().match(/[a-z0-9]+/g) || [];
  const load = (start, go) => {
    if (known[start]) return go();
    if (waiting[start]) return waiting[start].push(go);
    waiting[start] = [go];
    const script = document.createElement("script");
    script.src = "search/" + start + ".js";
    document.head.append(script);
  };
  const score = (row, asked) => {
    const title = plain(row[0]), all = title.concat(plain(row[3]));
    if (!asked.every(part => all.some(word => word.startsWith(part)))) return 0;
    return (title.join(" ").startsWith(asked.join(" ")) ? 4 : 0) + (asked.every(part => title.some(word => word.startsWith(part))) ? 2 : 1);
  };
  const show = asked => {
    const rows = asked.length ? [...new Set(starts.filter(start => start.startsWith(asked[0].slice(0, start.length)) || asked[0].startsWith(start)).flatMap(start => known[start] || []))] : [];
    const order = Object.keys(kinds), seen = new Set();
    const found = rows.map(row => [score(row, asked), row])
      .filter(([points, row]) => points && !seen.has(row[0] + row[1]) && seen.add(row[0] + row[1]))
      .sort((a, b) => b[0] - a[0] || order.indexOf(a[1][2]) - order.indexOf(b[1][2]) || a[1][0].localeCompare(b[1][0]));
    list.replaceChildren(...found.slice(0, most).map(([, row]) => {
      const item = document.createElement("li"), link = document.createElement("a"), kind = document.createElement("span");
      link.href = row[1]; link.textContent = row[0];
      kind.className = "quiet small"; kind.textContent = kinds[row[2]] + (row[2] === "agency" ? ", " + row[3].replace(/ \S+$/, "") : "");
      item.append(link, " ", kind);
      return item;
    }));
    const text = !asked.length ? "" : !found.length ? words.none : found.length === 1 ? words.one : found.length > most ? words.most : words.many;
    told.textContent = text.replace("#", Math.min(found.length, found.length > most ? most : found.length)).replace("#", most);
  };
  const find = () => {
    const asked = plain(box.value);
    if (!asked.length) return show(asked);
    const needed = starts.filter(start => asked[0].startsWith(start) || start.startsWith(asked[0]));
    if (!needed.length) return show(asked);
    let left = needed.length;
    needed.forEach(start => load(start, () => { if (!--left && plain(box.value)[0] === asked[0]) show(plain(box.value)); }));
  };
  box.value = new URLSearchParams(location.search).get("q") || "";
  box.addEventListener("input", find);
  box.form.addEventListener("submit", event => { event.preventDefault(); history.replaceState(null, "", "?q=" + encodeURIComponent(box.value)); find(); });
  find();
})();

// Shows up to five chosen places and hides the rest; the choice stands in the address. Without it every place is shown.
(() => {
  "use strict";
  const form = document.getElementById("choose");
  const selects = [...form.querySelectorAll("select")];
  const rows = [...document.querySelectorAll("tr[data-area]")];
  const said = document.getElementById("chosen");
  const known = new Set(rows.map((row) => row.dataset.area));

  const show = () => {
    const codes = selects.map((item) => item.value).filter(Boolean);
    for (const row of rows) row.hidden = codes.length > 0 && !codes.includes(row.dataset.area);
    for (const item of document.querySelectorAll("details.all")) item.open = codes.length > 0;
    const names = selects.filter((item) => item.value).map((item) => item.selectedOptions[0].textContent);
    said.textContent = names.length ? `${said.dataset.some} ${names.join(", ")}.` : said.dataset.none;
    return codes;
  };
  const read = () => {
    const codes = [...new Set(location.hash.slice(1).split(","))].filter((code) => known.has(code));
    selects.forEach((item, place) => { item.value = codes[place] || ""; });
    show();
  };
  form.addEventListener("change", () => {
    const codes = show();
    history.replaceState(null, "", codes.length ? `#${codes.join(",")}` : location.pathname);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", read);
  form.hidden = false;
  read();
})();

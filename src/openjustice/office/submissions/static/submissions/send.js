// Where there is a script: a file may be dropped, and its way is shown. Without one the same form does the same.
(() => {
  "use strict";
  const form = document.getElementById("send");
  const drop = document.getElementById("drop");
  const input = form.querySelector("input[type=file]");
  const dropped = document.getElementById("dropped");
  const box = document.getElementById("progress");
  const words = document.getElementById("progress-words");
  const bar = box.querySelector("progress");
  const show = () => { dropped.textContent = input.files.length ? input.files[0].name : dropped.dataset.words; };
  dropped.hidden = false;
  show();
  input.addEventListener("change", show);
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; show(); }
  });
  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const request = new XMLHttpRequest();
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    box.hidden = false;
    words.textContent = words.dataset.sending;
    request.upload.addEventListener("progress", (step) => { if (step.lengthComputable) bar.value = step.loaded / step.total; });
    request.upload.addEventListener("load", () => { words.textContent = words.dataset.checking; bar.removeAttribute("value"); });
    request.addEventListener("error", () => {
      words.textContent = words.dataset.failed;
      buttons.forEach((button) => { button.disabled = false; });
    });
    request.addEventListener("load", () => {
      if (request.responseURL !== location.href) { location.assign(request.responseURL); return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      document.title = page.title;
      document.getElementById("content").replaceWith(document.importNode(page.getElementById("content"), true));
      const again = document.createElement("script");
      again.src = document.querySelector("script[src*='submissions/send']").src;
      document.body.append(again);
      const first = document.querySelector(".errors, #content .box, h1");
      first.setAttribute("tabindex", "-1");
      first.focus();
    });
    request.open("POST", form.action || location.href);
    request.send(data);
  });
})();

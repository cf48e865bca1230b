// Refreshes the status page every second. Without it the page works too; it is only older.
"use strict";
(() => {
  const get = (url, type) =>
    fetch(url, { cache: "no-store", signal: AbortSignal.timeout(5000) }).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer[type]();
    });
  const rate = (bits) => {
    const units = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];
    let i = 0;
    for (; bits >= 999.5 && i + 1 < units.length; i++) bits /= 1000;
    return `${bits.toFixed(bits >= 99.5 || i === 0 ? 0 : 1)} ${units[i]}`;
  };
  const clock = (ms) =>
    new Date(ms + 9 * 3600e3).toISOString().slice(0, 19).replace("T", " ") + " +09";
  const bar = (svg, band) => {
    const { low, high } = band.expected;
    const place = (bits) => Math.min(200, Math.max(0, (bits * 100) / Math.max(1, high)));
    const [expected, seen] = svg.querySelectorAll("rect");
    expected.setAttribute("x", place(low));
    expected.setAttribute("width", place(high) - place(low));
    seen.setAttribute("width", place(band.seen));
    svg.classList.toggle("above", band.seen > high);
    svg.setAttribute("aria-label", `${rate(band.seen)} (${rate(low)} – ${rate(high)})`);
  };
  const write = { bar };
  const words = { rate, clock, percent: (n) => n.toFixed(1), text: String };
  const show = (status) => {
    for (const spot of document.querySelectorAll("[data-live]")) {
      const steps = spot.dataset.live.split("/").slice(1);
      const value = steps.reduce((at, step) => at?.[step], status);
      if (value === undefined || value === null) continue;
      const how = spot.dataset.as;
      if (write[how]) write[how](spot, value);
      else spot.textContent = (words[how] ?? ((n) => n.toLocaleString("en-US")))(value);
    }
  };
  const refresh = async () => {
    const status = await get("/api/status", "json");
    const main = document.querySelector("main");
    if (status.shape !== main.dataset.shape) {
      const page = new DOMParser().parseFromString(await get(location.href, "text"), "text/html");
      main.replaceWith(page.querySelector("main"));
    } else show(status);
  };
  const turn = async () => {
    if (!document.hidden) {
      const silent = await refresh().then(() => false, () => true);
      document.getElementById("silent").hidden = !silent;
    }
    setTimeout(turn, 1000);
  };
  setTimeout(turn, 1000);
})();

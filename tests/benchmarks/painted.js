// Measures from a click to the picture it leads to. Installed before any script of the page.
// Painted is the moment when two animation frames have passed since the page last changed: since nodes or texts came or
// went, a chart's picture was set, or a run began or ended. It is asked for once everything expected has arrived, no run
// is under way and nothing has changed for QUIET ms; that wait is no part of the result.
(() => {
  const QUIET = 350;
  const watched = {
    subtree: true, childList: true, characterData: true, attributeFilter: ["href", "data-test-script-state"],
  };
  const clock = { clicked: 0, changed: 0, painted: 0 };
  let before;

  new MutationObserver(() => {
    const changed = clock.changed = performance.now();
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (changed === clock.changed) clock.painted = performance.now();
    }));
  }).observe(document, watched);
  addEventListener("pointerup", (event) => { clock.clicked ||= event.timeStamp; }, true);

  const idle = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning";
  const texts = () => [...document.querySelectorAll("[data-testid=stMarkdown], [data-testid=stHtml]")]
    .map((node) => node.textContent).join("\n");
  const pictures = () => new Map([...document.querySelectorAll(".js-plotly-plot")].map((plot) => [
    plot.closest("[class*=st-key-]")?.className,
    plot.querySelector(".heatmaplayer image")?.getAttribute("href") ?? plot.querySelector(".barlayer .point")?.getAttribute("class"),
  ]));

  window.benchmark = {
    arm() {
      Object.assign(clock, { clicked: 0, changed: 0, painted: 0 });
      before = { pictures: pictures(), texts: texts() };
    },
    // ms from the click to painted; null as long as it is not known. `charts` of the charts must show another picture, with 0
    // some text must be another, with -1 it is enough that a run has ended.
    done(charts) {
      if (!clock.clicked || !idle() || clock.painted < clock.changed || performance.now() - clock.changed < QUIET) return null;
      const after = pictures();
      if (after.size < before.pictures.size || [...after.values()].some((picture) => !picture)) return null;
      const fresh = [...after].filter(([name, picture]) => before.pictures.get(name) !== picture).length;
      if (charts < 0) return clock.changed > clock.clicked ? clock.painted - clock.clicked : null;
      if (charts ? fresh < charts : texts() === before.texts) return null;
      return clock.painted - clock.clicked;
    },
  };
})();

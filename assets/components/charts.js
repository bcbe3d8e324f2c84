// What every chart of a page gets from the page around it: a toolbar that Tab enters once, with a button for each kind of picture;
// pictures that carry a title and the sentence; and in full size a title and larger letters.
// A chart's title travels with it, as `meta` of its layout.

import { element } from "./elements.js";
import { arrow, rove } from "./keys.js";

const TITLE = 46; // pixels above a picture for its title and the sentence
const LONGEST = 110; // characters of the sentence under a title
const LARGER = 1.55; // letters in full size
const OF_THE_WINDOW = 0.75; // a chart that is higher than this is in full size

// Looks after all charts until what comes back is called; `sentence` stands under their titles.
export function dressCharts(sentence) {
  const main = document.querySelector("[data-testid=stMain]") ?? document.body;
  let waiting = 0;
  const dress = () => {
    waiting = 0;
    for (const plot of document.querySelectorAll(".js-plotly-plot")) {
      if (!plot._fullLayout) continue;
      dressToolbar(plot, sentence);
      fit(plot, sentence);
    }
  };
  const soon = () => { waiting ||= requestAnimationFrame(dress); };
  const observer = new MutationObserver(soon);
  observer.observe(main, { childList: true, subtree: true });
  window.addEventListener("resize", soon);
  soon();
  return () => {
    observer.disconnect();
    window.removeEventListener("resize", soon);
    cancelAnimationFrame(waiting);
  };
}

function dressToolbar(plot, sentence) {
  plot.pictureSentence = sentence;
  const bar = plot.querySelector(".modebar"), camera = bar?.querySelector("[data-title*=PNG]");
  if (!camera || camera.dataset.kind) return;
  const vector = camera.cloneNode(true);
  camera.after(vector);
  for (const [button, kind] of [[camera, "png"], [vector, "svg"]]) {
    const text = `Save as ${kind.toUpperCase()}`;
    Object.assign(button.dataset, { kind, title: text });
    button.setAttribute("aria-label", text);
    button.replaceChildren(element("span", "kind", kind.toUpperCase()));
    button.addEventListener("click", (event) => {
      event.stopImmediatePropagation();
      save(plot, kind);
    }, true);
  }
  const buttons = [...bar.querySelectorAll(".modebar-btn")];
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Toolbar of the picture");
  rove(buttons, buttons[0]);
  bar.addEventListener("keydown", (event) => {
    const shown = buttons.filter((button) => button.offsetWidth), step = arrow(event)?.right;
    const next = step && shown[shown.indexOf(event.target.closest(".modebar-btn")) + step];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation(); // the chart itself goes from cell to cell by these keys
    rove(buttons, next);
    next.focus();
  });
}

const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"); // Plotly reads markup

function title(plot, sentence, size, height) {
  const short = sentence.length > LONGEST ? `${sentence.slice(0, LONGEST - 1)}…` : sentence;
  const text = `<b>${plain(plot.layout.meta?.title ?? "")}</b>${short ? `<br>\u2068${plain(short)}\u2069` : ""}`;
  const place = { x: 0, xanchor: "left", xref: "container", y: 1 - (1.4 * size) / height, yanchor: "top", yref: "container" };
  return { text, font: { size }, ...place, pad: { l: 8 } };
}

function save(plot, format) {
  const { width, height, margin } = plot._fullLayout, isFull = Boolean(plot.ordinary);
  const room = isFull ? 0 : TITLE; // in full size the title is there already
  const layout = {
    ...plot.layout, width, height: height + room,
    margin: { l: margin.l, r: margin.r, b: margin.b, t: margin.t + room },
    title: isFull ? plot.layout.title : title(plot, plot.pictureSentence, 13, height + room),
  };
  const { filename } = plot._context.toImageButtonOptions;
  window.Plotly.downloadImage({ data: plot.data, layout }, { format, filename, width, height: height + room, scale: format === "svg" ? 1 : 3 });
}

// Give a chart in full size its title and larger letters, and take them away again afterwards.
function fit(plot, sentence) {
  const isFull = plot.clientHeight > OF_THE_WINDOW * window.innerHeight && plot.clientWidth > OF_THE_WINDOW * window.innerWidth;
  if (isFull === Boolean(plot.ordinary)) return;
  const { layout } = plot, times = isFull ? LARGER : 1;
  plot.ordinary ??= {
    margin: { ...layout.margin },
    font: layout.font?.size ?? 12,
    hover: layout.hoverlabel?.font?.size ?? 13,
    annotations: (layout.annotations ?? []).map((one) => ({ ...one })),
    sizes: plot.data.map((trace) => trace.textfont?.size),
  };
  const { margin, font, hover, annotations, sizes } = plot.ordinary;
  const scaled = (value) => (typeof value === "number" ? value * times : value);
  const changed = {
    "font.size": scaled(font),
    "hoverlabel.font.size": scaled(hover),
    title: isFull ? title(plot, sentence, 20, plot.clientHeight) : { text: "" },
    margin: { l: scaled(margin.l), r: scaled(margin.r), b: scaled(margin.b), t: scaled(margin.t) + (isFull ? 1.6 * TITLE : 0) },
    annotations: annotations.map((one) => ({
      ...one, yshift: scaled(one.yshift), xshift: scaled(one.xshift), ...(one.font?.size ? { font: { ...one.font, size: scaled(one.font.size) } } : {}),
    })),
  };
  if (!isFull) plot.ordinary = undefined;
  const texts = sizes.flatMap((size, at) => (typeof size === "number" ? [at] : []));
  window.Plotly.update(plot, texts.length ? { "textfont.size": texts.map((at) => scaled(sizes[at])) } : {}, changed, texts.length ? texts : undefined);
}

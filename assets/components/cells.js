// Makes Plotly heatmaps answer: marks the chosen query and key on every one, reports clicks, and lets the arrow keys choose.
// data, as JSON in bytes: {charts: [{key, rows: ["query" | "key", …], square, name, members: [[position, …], …]}], query, key,
// colours}; query and key are positions in the sentence, and each row of a chart stands for its members: one, several, or none
// of this sentence. A square chart may have `columns` like its members, where its columns stand for other words than its rows.
// A chart without rows takes no choice and only gets the button that saves it as SVG. Enter opens a cell's arithmetic.
// A chart is found by its keyed container; it is looked for again whenever Streamlit mounts it anew.

import { anew, unanswered } from "./answers.js";
import { unpacked } from "./data.js";
import { element } from "./elements.js";
import { arrow } from "./keys.js";

export default function ({ parentElement, data, setTriggerValue }) {
  return anew(parentElement, () => listen(parentElement, unpacked(data), setTriggerValue));
}

function listen(parentElement, data, setTriggerValue) {
  const { charts, colours } = data;
  const sent = unanswered(parentElement, data, (pair, answered) => pair.query === answered.query && pair.key === answered.key);
  const chosen = { query: data.query, key: data.key, ...sent.at(-1) };
  const attached = new Map(); // plot → its chart and layers

  function frame(layer, role, left, top, width, height) {
    if (Number.isNaN(left + top)) return; // a word that this chart does not show
    const mark = element("div", { "data-role": role, "data-position": chosen[role] });
    Object.assign(mark.style, {
      border: `2.5px solid ${colours[role]}`, borderRadius: "3px", boxSizing: "border-box", position: "absolute",
      boxShadow: `0 0 0 1px ${colours.page}`,
      left: `${left - 2}px`, top: `${top - 2}px`, width: `${width + 4}px`, height: `${height + 4}px`,
    });
    layer.append(mark);
  }

  const unit = (members, position) => members.findIndex((positions) => positions.includes(position));
  const across = (chart) => chart.columns ?? chart.members;

  function draw(plots = attached.keys()) {
    for (const plot of plots) {
      const { chart, layer } = attached.get(plot);
      const full = plot._fullLayout;
      if (!full?.yaxis) continue;
      const { xaxis: x, yaxis: y } = full;
      Object.assign(layer.style, {
        left: `${x._offset - 3}px`, top: `${y._offset - 3}px`, width: `${x._length + 6}px`, height: `${y._length + 6}px`,
      });
      layer.replaceChildren();
      const span = (axis, at) => at < 0 ? [NaN, NaN] : [axis.l2p(at - 0.5), axis.l2p(at + 0.5)].sort((a, b) => a - b);
      for (const role of chart.rows) {
        const [top, bottom] = span(y, unit(chart.members, chosen[role]));
        frame(layer, role, 3, top + 3, x._length, Math.max(bottom - top, 3));
      }
      if (chart.square) {
        const [left, right] = span(x, unit(across(chart), chosen.key));
        frame(layer, "key", left + 3, 3, Math.max(right - left, 3), y._length);
      }
    }
  }

  function choose(query, key, { name }, dimension) {
    Object.assign(chosen, { query, key });
    sent.push({ query, key });
    draw();
    setTriggerValue("cell", { query, key, name, dimension });
  }

  function clicked(chart, event) {
    const at = event.points[0]?.pointNumber;
    if (!Array.isArray(at)) return;
    const [row, column] = at;
    const clicked = chart.members[row][0], other = chart.square ? across(chart)[column][0] : 0;
    if (clicked === undefined || other === undefined) return;
    if (chart.square) choose(clicked, other, chart);
    else if (chart.rows.includes("query")) choose(clicked, chosen.key, chart, column);
    else choose(chosen.query, clicked, chart, column);
  }

  function pressed(chart, event) {
    if (event.key === "Enter" && event.target === event.currentTarget) {
      setTriggerValue("cell", { ...chosen, name: chart.name, open: true });
    }
    const step = arrow(event);
    if (!step) return;
    event.preventDefault();
    const moved = (members, role, by) => {
      let to = unit(members, chosen[role]) + by;
      while (by && members[to] && !members[to].length) to += by;
      return (by && members[to]) ? members[to][0] : chosen[role];
    };
    const next = { ...chosen, [chart.rows[0]]: moved(chart.members, chart.rows[0], step.down) };
    if (chart.square) next.key = moved(across(chart), "key", step.right);
    if (next.query !== chosen.query || next.key !== chosen.key) choose(next.query, next.key, chart);
  }

  function addSvgButton(plot) {
    const camera = plot.querySelector(".modebar-btn[data-title*=PNG]");
    if (!camera || plot.querySelector(".modebar-btn[data-svg]")) return;
    const button = camera.cloneNode(true);
    const text = "Download plot as an SVG";
    Object.assign(button.dataset, { title: text, svg: "1" });
    button.setAttribute("aria-label", text);
    button.onclick = () => {
      const options = plot._context.toImageButtonOptions;
      plot._context.toImageButtonOptions = { ...options, format: "svg", scale: 1 };
      camera.click();
      plot._context.toImageButtonOptions = options;
    };
    camera.after(button);
  }

  function attach() {
    for (const plot of attached.keys()) if (!plot.isConnected) attached.delete(plot);
    for (const chart of charts) {
      const plot = document.querySelector(`.st-key-${chart.key} .js-plotly-plot`);
      const stage = plot?.querySelector(".svg-container");
      if (!stage || !plot._fullLayout?.yaxis || attached.has(plot)) continue;
      plot.querySelector(".cell-marks")?.remove();
      const layer = element("div", "cell-marks");
      Object.assign(layer.style, { position: "absolute", overflow: "hidden", pointerEvents: "none" });
      stage.append(layer);
      addSvgButton(plot);
      if (!chart.rows.length) {
        attached.set(plot, { chart, layer, detach: () => layer.remove() });
        continue;
      }
      plot.tabIndex = 0;
      plot.setAttribute("role", "group");
      plot.setAttribute("aria-label", `${chart.name}: choose a cell with the arrow keys`);
      const click = (event) => clicked(chart, event);
      const key = (event) => pressed(chart, event);
      plot.on("plotly_click", click);
      const redraw = () => draw([plot]);
      plot.on("plotly_afterplot", redraw);
      plot.addEventListener("keydown", key);
      attached.set(plot, { chart, layer, detach: () => {
        plot.removeListener?.("plotly_click", click);
        plot.removeListener?.("plotly_afterplot", redraw);
        plot.removeEventListener("keydown", key);
        layer.remove();
      } });
      redraw();
    }
  }

  let waiting = 0;
  const observer = new MutationObserver((changes) => {
    if (waiting || changes.every((change) => change.target.closest?.(".cell-marks"))) return;
    waiting = requestAnimationFrame(() => { waiting = 0; attach(); });
  });
  observer.observe(document.querySelector("[data-testid=stMain]") ?? document.body, { childList: true, subtree: true });
  attach();
  return () => {
    observer.disconnect();
    cancelAnimationFrame(waiting);
    for (const { detach } of attached.values()) detach();
  };
}

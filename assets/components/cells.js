// Makes Plotly heatmaps answer: marks the chosen query and key on every one, reports clicks, and lets the arrow keys choose.
// data, as JSON in bytes: {charts: [{key, rows: ["query" | "key", …], square, name, title, members: [[position, …], …]}], query,
// key, colours}; query and key are positions in the sentence, and each row of a chart stands for its members: one, several, or
// none of this sentence. A square chart may have `columns` like its members, where its columns stand for other words than its
// rows. Enter opens a cell's arithmetic.
// A chart is found by its keyed container; it is looked for again whenever Streamlit mounts it anew.

import { anew, unanswered } from "./answers.js";
import { unpacked } from "./data.js";
import { element } from "./elements.js";
import { arrow } from "./keys.js";

const PAUSE = 250; // milliseconds without an arrow key until the choice is sent: one step of the history, not one a key

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

  // The name of a chosen word beside its row or under its column, where an axis of many words leaves it out.
  function name(layer, role, axis, at, place) {
    if (at < 0 || (axis.tickvals ?? []).includes(at)) return;
    const text = words(layer.plot, axis._id)[at]?.replace(/^\d+ /, "") ?? "";
    const label = element("div", { "data-name": role }, text.length > 14 ? `${text.slice(0, 13)}…` : text);
    Object.assign(label.style, {
      background: colours.page, color: colours[role], fontSize: "11px", fontWeight: 700, lineHeight: 1.15, padding: "0 1px",
      position: "absolute", whiteSpace: "nowrap", ...place,
    });
    layer.append(label);
  }

  const unit = (members, position) => members.findIndex((positions) => positions.includes(position));
  const across = (chart) => chart.columns ?? chart.members;

  function draw(plots = attached.keys()) {
    for (const plot of plots) {
      const { chart, layer, names } = attached.get(plot);
      const full = plot._fullLayout;
      if (!full?.yaxis) continue;
      const { xaxis: x, yaxis: y } = full;
      Object.assign(layer.style, {
        left: `${x._offset - 3}px`, top: `${y._offset - 3}px`, width: `${x._length + 6}px`, height: `${y._length + 6}px`,
      });
      layer.replaceChildren();
      names.replaceChildren();
      names.plot = plot;
      const span = (axis, at) => at < 0 ? [NaN, NaN] : [axis.l2p(at - 0.5), axis.l2p(at + 0.5)].sort((a, b) => a - b);
      for (const role of chart.rows) {
        const at = unit(chart.members, chosen[role]), [top, bottom] = span(y, at);
        frame(layer, role, 3, top + 3, x._length, Math.max(bottom - top, 3));
        const middle = y._offset + (top + bottom) / 2;
        name(names, role, y, at, { right: `calc(100% - ${x._offset - 4}px)`, top: `${middle}px`, transform: "translateY(-50%)" });
      }
      if (chart.square) {
        const at = unit(across(chart), chosen.key), [left, right] = span(x, at);
        frame(layer, "key", left + 3, 3, Math.max(right - left, 3), y._length);
        const under = { left: `${x._offset + (left + right) / 2}px`, top: `${y._offset + y._length + 4}px` };
        name(names, "key", x, at, { ...under, transform: "translateX(-50%) rotate(180deg)", writingMode: "vertical-rl" });
      }
      plot.setAttribute("aria-label", `${chart.title}. ${said(plot, chart)}. Choose a cell with the arrow keys; Enter opens it.`);
    }
  }

  // The words on an axis of a chart with their positions, as Plotly has them: with what it would take for markup escaped.
  function words(plot, axis) {
    const names = plot._fullData?.[0]?.[axis] ?? [];
    return Array.from(names, (name) => String(name).replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
  }

  // The chosen cell, or row, of a chart with its number, for those who do not see it.
  function said(plot, chart) {
    const shown = words(plot, "y"), row = unit(chart.members, chosen[chart.rows[0]]);
    if (row < 0) return "The chosen word is not shown";
    if (!chart.square) return shown[row];
    const column = unit(across(chart), chosen.key), value = plot.calcdata?.[0]?.[0]?.z?.[row]?.[column];
    const number = typeof value === "number" ? `: ${value.toFixed(4).replace("-", "−")}` : "";
    return `${shown[row]} → ${words(plot, "x")[column] ?? "nothing shown"}${number}`;
  }

  const live = liveRegion(parentElement);

  function choose(query, key, plot, dimension, pause = 0) {
    const { chart } = attached.get(plot);
    Object.assign(chosen, { query, key });
    sent.push({ query, key });
    window.Plotly?.Fx?.unhover(plot); // else what it says of another cell would stay
    draw();
    live.textContent = said(plot, chart);
    const payload = { query, key, name: chart.name, dimension };
    clearTimeout(parentElement.pause);
    if (pause) parentElement.pause = setTimeout(() => setTriggerValue("cell", payload), pause);
    else setTriggerValue("cell", payload);
  }

  function clicked(plot, event) {
    const { chart } = attached.get(plot), at = event.points[0]?.pointNumber;
    if (!Array.isArray(at)) return;
    const [row, column] = at;
    const clicked = chart.members[row][0], other = chart.square ? across(chart)[column][0] : 0;
    if (clicked === undefined || other === undefined) return;
    if (chart.square) choose(clicked, other, plot);
    else if (chart.rows.includes("query")) choose(clicked, chosen.key, plot, column);
    else choose(chosen.query, clicked, plot, column);
  }

  function pressed(plot, event) {
    const { chart } = attached.get(plot);
    if (event.key === "Enter" && event.target === event.currentTarget) {
      clearTimeout(parentElement.pause);
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
    if (next.query !== chosen.query || next.key !== chosen.key) choose(next.query, next.key, plot, undefined, PAUSE);
  }

  function attach() {
    for (const plot of attached.keys()) if (!plot.isConnected) attached.delete(plot);
    for (const chart of charts) {
      const plot = document.querySelector(`.st-key-${chart.key} .js-plotly-plot`);
      const stage = plot?.querySelector(".svg-container");
      if (!stage || !plot._fullLayout?.yaxis || attached.has(plot)) continue;
      for (const old of plot.querySelectorAll(".cell-marks, .cell-names")) old.remove();
      const layer = element("div", "cell-marks"), names = element("div", { class: "cell-names", "aria-hidden": "true" });
      Object.assign(layer.style, { position: "absolute", overflow: "hidden", pointerEvents: "none" });
      Object.assign(names.style, { inset: 0, position: "absolute", pointerEvents: "none" });
      stage.insertBefore(layer, stage.querySelector(".hoverlayer")?.closest("svg") ?? null); // what a cell says stands above it
      layer.after(names);
      plot.tabIndex = 0;
      plot.setAttribute("role", "group");
      const click = (event) => clicked(plot, event);
      const key = (event) => pressed(plot, event);
      plot.on("plotly_click", click);
      const redraw = () => draw([plot]);
      plot.on("plotly_afterplot", redraw);
      plot.addEventListener("keydown", key);
      attached.set(plot, { chart, layer, names, detach: () => {
        plot.removeListener?.("plotly_click", click);
        plot.removeListener?.("plotly_afterplot", redraw);
        plot.removeEventListener("keydown", key);
        layer.remove();
        names.remove();
      } });
      redraw();
    }
  }

  let waiting = 0;
  const observer = new MutationObserver((changes) => {
    if (waiting || changes.every((change) => change.target.closest?.(".cell-marks, .cell-names"))) return;
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

// What a screen reader reads when another cell is chosen. It stays from one answer of the server to the next.
function liveRegion(parentElement) {
  const there = parentElement.querySelector("[aria-live]");
  if (there) return there;
  const made = element("span", { "aria-live": "polite", role: "status" });
  Object.assign(made.style, { clipPath: "inset(50%)", height: "1px", overflow: "hidden", position: "absolute", width: "1px" });
  parentElement.querySelector("span").append(made);
  return made;
}

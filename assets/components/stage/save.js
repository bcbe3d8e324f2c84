// The picture at this moment as a file: the sentence, layer and head above, the arithmetic below.

import { element } from "../elements.js";
import { BEATS } from "./beats.js";
import { drawScene } from "./draw.js";
import { LargePaint, SvgPaint, linesOf } from "./pens.js";
import { drawDownwards } from "./phone.js";

const RATIO = 3; // pixels of the file for one of the screen
const MARGIN_AROUND = 24;
const LINE_HEIGHT = 22;

// kind: "png" or "svg"; `head` is what the head is called.
export async function saveStage(stage, head, kind) {
  const paint = paintStage(stage, head, kind);
  const file = kind === "svg" ? new Blob([paint.document()], { type: "image/svg+xml" })
    : await new Promise((done) => paint.canvas.toBlob(done, "image/png"));
  const { layer, head: number } = stage.at, address = URL.createObjectURL(file);
  const anchor = element("a", { href: address, download: `attention-layer${layer + 1}-head${number + 1}-beat${Math.round(stage.t)}.${kind}` });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// On paper the picture stands by itself, as in a file, in the colours of the light theme.
export function printStage(stage, head, place) {
  const { ink, colours } = stage, { paper } = stage.data;
  if (paper) Object.assign(stage, { ink: (name) => paper.inks[name], colours: (paper.colours = { ...paper.colours }) });
  place.replaceChildren(paintStage(stage, head, "png").canvas);
  Object.assign(stage, { ink, colours });
}

function paintStage(stage, head, kind) {
  const { width, ink, layout } = stage, scene = stage.scene(), isFirst = stage.t === 0, isNarrow = layout.kind === "downwards";
  const family = getComputedStyle(stage.canvas).fontFamily, measure = new SvgPaint(1, 1, family);
  const sentence = linesOf(measure, `“${stage.data.text}”`, width, 17, 700).slice(0, 6);
  const said = (name) => [...stage.root.querySelector(name).childNodes].map(({ textContent }) => textContent);
  const below = [said(".sum").join(" "), stage.whatIf || isFirst ? said(stage.whatIf ? ".said" : ".answer").join("") : said(".about").join(" ")]
    .flatMap((text) => linesOf(measure, text, width, 14, 400)).slice(0, 6);
  const top = MARGIN_AROUND + (sentence.length + 1) * LINE_HEIGHT + 10;
  const tall = isFirst ? stage.first.parentElement.clientHeight : layout.height, map = stage.map.paint;
  const mapBelow = isNarrow && stage.pieces && !isFirst ? map.height + 10 : 0;
  const bottom = top + tall + mapBelow + 14, all = { x: 0, y: 0, width: width + 2 * MARGIN_AROUND, height: bottom + below.length * LINE_HEIGHT + MARGIN_AROUND };
  const paint = kind === "svg" ? new SvgPaint(all.width, all.height, family)
    : new LargePaint(document.createElement("canvas"), all.width, all.height, { family, ratio: RATIO });
  paint.clear();
  paint.fill(ink("page"), all);
  paint.shifted(MARGIN_AROUND, 0, () => {
    const colour = ink("text");
    sentence.forEach((line, at) => paint.text(line, 0, MARGIN_AROUND + (at + 0.5) * LINE_HEIGHT, { size: 17, weight: 700, colour }));
    const subject = `${stage.pieces ? head : stage.data.about[0][0]} · ${scene.names[scene.query]} → ${scene.names[scene.key]} · ${scene.beat} ${BEATS[scene.beat]}`;
    paint.text(subject, 0, MARGIN_AROUND + (sentence.length + 0.5) * LINE_HEIGHT, { size: 14, colour, room: width });
    paint.shifted(0, top, () => {
      if (isFirst) drawSentence(paint, stage, colour);
      else (isNarrow ? drawDownwards : drawScene)(withoutClear(paint), scene);
      const box = stage.map.canvas.style;
      if (stage.pieces && stage.map.drawOn && !(isNarrow && isFirst)) {
        paint.shifted(isNarrow ? 0 : parseFloat(box.left), isNarrow ? tall + 10 : parseFloat(box.top), () => stage.map.drawOn(withoutClear(paint), stage.colours, ink));
      }
    });
    below.forEach((line, at) => paint.text(line, 0, bottom + (at + 0.5) * LINE_HEIGHT, { size: 14, colour }));
  });
  return paint;
}

// Scenes begin with an empty canvas; here something stands on it.
function withoutClear(paint) {
  paint.clear = () => {};
  return paint;
}

// The words and the lines between them as they stand on the page.
function drawSentence(paint, { first, ink }, colour) {
  const from = first.parentElement.getBoundingClientRect(), root = first.querySelector(".sentence").getBoundingClientRect();
  paint.shifted(root.left - from.left, root.top - from.top, () => first.querySelectorAll("svg path").forEach((path) =>
    paint.faintly(Number(path.style.opacity), () => paint.curve(ink("weight-ink"), path.getAttribute("d"), parseFloat(path.style.strokeWidth)))));
  first.querySelectorAll(".word").forEach((word) => {
    const role = word.classList.contains("query") ? "query" : word.classList.contains("key") ? "key" : undefined;
    const box = boxOn(word.querySelector("button"), from), part = word.querySelector(".share"), middle = box.x + box.width / 2;
    paint.fill(ink(role ? `${role}-tint` : "page"), box);
    paint.frame(ink(role ? `${role}-ink` : "line"), box, 1.5);
    paint.text(word.querySelector("button").textContent, middle, box.y + box.height / 2, { size: 16, weight: role ? 700 : 400, align: "center", colour: role ? ink(`${role}-ink`) : colour });
    const at = boxOn(part, from);
    if (part.textContent) paint.text(part.textContent, middle, at.y + at.height / 2, { size: 12.5, align: "center", colour });
  });
}

function boxOn(node, from) {
  const { left, top, width, height } = node.getBoundingClientRect();
  return { x: left - from.left, y: top - from.top, width, height };
}

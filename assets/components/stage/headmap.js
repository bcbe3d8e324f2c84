// All heads, always in sight: each square as dark as the chosen link is there, the strongest one ringed.

import { colourOf, colourTable } from "../heatmap.js";
import { Paint, cssOf } from "./paint.js";
import { share } from "./numbers.js";

const LEFT = 18; // the layers' numbers
const ABOVE = 32; // what it shows, and the heads' numbers

export class HeadMap {
  constructor(canvas, { preview, choose }) {
    Object.assign(this, { canvas });
    canvas.onpointermove = (event) => event.pointerType === "mouse" && preview(this.at(event));
    canvas.onpointerleave = () => preview(undefined);
    canvas.onclick = (event) => {
      const head = this.at(event);
      if (head) choose(head);
    };
  }

  // Where its squares have their size and place.
  fit({ x, y, width, height }, layers, heads) {
    const size = Math.max(Math.floor(Math.min((width - LEFT) / heads, (height - ABOVE - 2) / layers)), 8);
    const wide = Math.min(size, 30), tall = Math.min(size, 24);
    Object.assign(this, { wide, tall, layers, heads });
    const box = { width: LEFT + wide * heads + 2, height: ABOVE + tall * layers + 2 };
    Object.assign(this.canvas.style, { left: `${x}px`, top: `${y}px`, width: `${box.width}px`, height: `${box.height}px` });
    this.paint = new Paint(this.canvas, box.width, box.height);
    this.drawOn?.(this.paint);
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const head = Math.floor((event.clientX - box.left - LEFT) / this.wide), layer = Math.floor((event.clientY - box.top - ABOVE) / this.tall);
    return head >= 0 && head < this.heads && layer >= 0 && layer < this.layers ? { layer, head } : undefined;
  }

  // links: the weight of the link in every head, by layer and head.
  draw(links, asking, asked, shown, colours, ink) {
    if (!this.paint) return;
    this.drawOn = (paint, given = colours, inks = ink) => this.drawLinks(paint, links, asking, asked, shown, given, inks);
    this.paint.clear();
    this.drawOn(this.paint);
  }

  drawLinks(paint, links, asking, asked, shown, colours, ink) {
    const { wide, tall, layers, heads } = this, room = LEFT + wide * heads;
    const most = links.reduce((best, weight, at) => (weight > links[best] ? at : best), 0);
    colours.map ??= colourTable(colours.share);
    const heat = { colours: colours.map, low: 0, high: links[most] || 1 };
    const small = { size: 10.5, colour: ink("faint"), align: "center" };
    paint.text(`${asking} → ${asked} in every head, up to ${share(links[most])}`, 0, 8, { size: 11.5, colour: ink("text"), room });
    for (let head = 0; head < heads; head++) {
      const own = head === shown.head;
      paint.text(`${head + 1}`, LEFT + (head + 0.5) * wide, 24, own ? { ...small, weight: 700, colour: ink("weight-ink") } : small);
    }
    for (let layer = 0; layer < layers; layer++) {
      const own = layer === shown.layer, y = ABOVE + layer * tall;
      paint.text(`${layer + 1}`, 6, y + tall / 2, own ? { ...small, weight: 700, colour: ink("weight-ink") } : small);
      for (let head = 0; head < heads; head++) {
        const at = layer * heads + head, x = LEFT + head * wide;
        if (colourOf(heat, links[at])) paint.fill(cssOf(heat, links[at]), { x: x + 1.5, y: y + 1.5, width: wide - 3, height: tall - 3 });
        const box = { x: x + 2, y: y + 2, width: wide - 4, height: tall - 4 };
        paint.frame(ink("line"), { x: x + 1.5, y: y + 1.5, width: wide - 3, height: tall - 3 }, 0.6);
        if (at === most) paint.frame(ink("text"), box, 1.5);
        if (own && head === shown.head) {
          paint.frame(ink("page"), box, 3.5);
          paint.frame(ink("weight-ink"), { x: x + 0.5, y: y + 0.5, width: wide - 1, height: tall - 1 }, 2);
        }
      }
    }
  }
}

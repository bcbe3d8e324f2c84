// All heads at once, one button with a picture a head; a lens enlarges the one under the pointer or the keyboard's focus.
// Two components share this file. One brings what belongs to the sentence, as bytes, and is not sent again with a choice: four
// bytes of length, JSON {key, mark, layers, heads, side, block, names, words, links: [[query, key, share], …]}, and the pixels.
// The other shows it. data: {key, mark, ranking: [[head, caption], …] | null, chosen, colours, top, name}

import { anew, unanswered } from "./answers.js";
import { headed } from "./data.js";
import { showInLens } from "./lens.js";
import { Tiles, headOf } from "./tiles.js";

const sentences = (globalThis.allHeads ??= new Map()); // key → {sentence, arrived}

export default function ({ parentElement, data, setTriggerValue }) {
  if (data instanceof Uint8Array) return receive(data);
  return anew(parentElement, () => show(parentElement, data, setTriggerValue));
}

function place(key) {
  if (!sentences.has(key)) sentences.set(key, {});
  return sentences.get(key);
}

function receive(bytes) {
  const { head, rest } = headed(bytes);
  const sentence = { ...head, pixels: rest };
  const here = place(sentence.key);
  here.sentence = sentence;
  here.arrived?.();
  return () => { if (here.sentence === sentence) here.sentence = undefined; };
}

function show(parentElement, data, setTriggerValue) {
  const here = place(data.key);
  const grid = new Grid(parentElement, data, setTriggerValue);
  const arrived = () => here.sentence?.mark === data.mark && grid.draw(here.sentence); // both of one sentence
  here.arrived = arrived;
  arrived();
  const observer = new ResizeObserver(() => grid.resize());
  observer.observe(grid.root);
  return () => {
    observer.disconnect();
    if (here.arrived === arrived) here.arrived = undefined;
  };
}

// The tiles and the lens: which head is chosen, which one is looked at, and what pointer and keyboard do.
class Grid {
  constructor(parentElement, data, setTriggerValue) {
    Object.assign(this, { parentElement, data, setTriggerValue });
    this.root = parentElement.querySelector(".overview");
    this.lens = this.root.querySelector(".lens");
    this.tiles = (parentElement.tiles ??= new Tiles(this.root));
    this.sent = unanswered(parentElement, data.chosen);
    this.chosen = this.sent.at(-1) ?? data.chosen;
    this.shown = undefined; // the head in the lens
  }

  draw(sentence) {
    this.sentence = sentence;
    this.tiles.show(sentence, this.data);
    this.shown = undefined; // or the lens would not be drawn again
    this.mark();
    this.listen();
  }

  resize() {
    if (!this.sentence || this.tiles.width === this.root.clientWidth) return;
    this.tiles.fit();
    this.shown = undefined;
    this.rest();
  }

  mark() {
    this.tiles.mark(this.chosen);
    this.rest();
  }

  // Back to the tile that has the keyboard's focus, else to the chosen one.
  rest() {
    this.look(headOf(this.parentElement.activeElement) ?? this.tiles.entry(this.chosen));
  }

  look(head) {
    this.lens.classList.toggle("chosen", head === this.chosen);
    if (head === undefined) this.lens.replaceChildren();
    if (head === this.shown || head === undefined) return;
    this.shown = head;
    this.tiles.point(head);
    showInLens(this.lens, this.sentence, head, this.data);
  }

  choose(head) {
    this.chosen = head;
    this.sent.push(head);
    this.mark();
    this.setTriggerValue("head", head);
  }

  listen() {
    const { tiles } = this, { field } = tiles;
    const at = (event, act) => headOf(event.target) !== undefined && act(headOf(event.target));
    // A finger cannot point before it taps: its first tap shows a head, the next one on the same head opens it.
    field.onpointerdown = (event) => { this.read = event.pointerType === "mouse" ? undefined : this.shown; };
    field.onclick = (event) => at(event, (head) => {
      if (this.read === undefined || this.read === head || event.detail === 0) this.choose(head);
      else this.look(head);
      this.read = undefined;
    });
    field.onpointerover = (event) => event.pointerType === "mouse" && at(event, (head) => this.look(head));
    field.onpointerleave = () => this.rest();
    for (const tile of tiles.inOrder()) {
      tile.onfocus = () => {
        tiles.rove(headOf(tile));
        this.look(headOf(tile));
      };
    }
    field.onkeydown = (event) => at(event, (head) => tiles.walk(head, event));
  }
}

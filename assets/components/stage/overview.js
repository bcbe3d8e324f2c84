// All of a large matrix as a small map, with a frame round the part that the picture shows.

import { pictureOf } from "./paint.js";

// The box of the map within a room, in the matrix's own proportions. `over` and `down` are the axes of the picture. Of a `quick` picture
// of all cells some are left out, while heads fly by; else each pixel shows the strongest of its cells.
export function drawOverview(paint, heat, { over, down }, room, ink, quick) {
  const side = Math.min(room.width, room.height), size = Math.floor(side), most = Math.max(heat.rows, heat.columns);
  if (size < 24) return room;
  const box = { x: room.x, y: room.y, width: Math.round((size * heat.columns) / most), height: Math.round((size * heat.rows) / most) };
  const pixels = Math.min(heat.columns, Math.round(box.width * 2));
  if (!quick && heat.overview?.pixels !== pixels) heat.overview = { pixels, picture: pictureOf(heat, pixels, Math.min(heat.rows, Math.round(box.height * 2))) };
  const picture = quick ?? heat.overview.picture;
  paint.piece(picture, { row: 0, column: 0, columns: picture.width, rows: picture.height }, box);
  paint.frame(ink("faint"), box, 1);
  const part = (axis, length) => [(axis.first / axis.total) * length, (axis.count / axis.total) * length];
  const [x, width] = part(over, box.width), [y, height] = part(down, box.height);
  paint.frame(ink("text"), { x: box.x + x, y: box.y + y, width, height }, 1.5);
  return box;
}

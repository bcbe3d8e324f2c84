// Makes buttons that Python wrote into the page answer: a click on one with data-opens reports the number that stands there.
// data, as JSON in bytes: {within}, the class of what the buttons stand in, which this component does not make itself.

import { anew } from "./answers.js";
import { unpacked } from "./data.js";

export default function ({ parentElement, data, setTriggerValue }) {
  const { within } = unpacked(data);
  return anew(parentElement, () => {
    const report = (event) => {
      const button = event.target.closest?.(`.${within} [data-opens]`);
      if (button) setTriggerValue("opened", Number(button.dataset.opens));
    };
    document.addEventListener("click", report);
    return () => document.removeEventListener("click", report);
  });
}

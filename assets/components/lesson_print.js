// A button that prints the page.

export default function ({ parentElement }) {
  parentElement.querySelector("button").onclick = () => print();
}

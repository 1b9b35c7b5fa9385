export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  for (const side of ["before", "after"]) {
    const image = find(`img.${side}`);
    image.src = data[side].src;
    image.alt = `${data[side].id}: ${data[side].alt}`;
  }
  find(".left").textContent = `← ${data.before.id}`;
  find(".right").textContent = `${data.after.id} →`;
  const slider = find("input");
  slider.setAttribute("aria-label", data.label);
  const move = () => {
    find(".stage").style.setProperty("--at", `${slider.value}%`);
    slider.setAttribute("aria-valuetext", `${slider.value} %`);
  };
  slider.oninput = move;
  move();
}

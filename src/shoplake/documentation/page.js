const box = document.querySelector("input");
box.hidden = false;
box.addEventListener("input", () => {
  const wanted = box.value.trim().toLowerCase();
  for (const section of document.querySelectorAll("section")) {
    section.hidden = !section.textContent.toLowerCase().includes(wanted);
    document.querySelector(`nav a[href="#${section.id}"]`).parentElement.hidden = section.hidden;
    for (const row of section.querySelectorAll("tbody tr"))
      row.classList.toggle("found", wanted !== "" && row.textContent.toLowerCase().includes(wanted));
  }
});

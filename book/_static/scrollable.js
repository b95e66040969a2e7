// What is too wide scrolls by itself; the keyboard can reach it then, and only then.
document.addEventListener("DOMContentLoaded", () => {
  const wide = ".katex-scroll, .highlight pre, .cell_output pre, .cell_output .output, .pst-scrollable-table-container";
  const boxes = document.querySelectorAll(wide);
  const mark = box => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const watcher = new ResizeObserver(entries => entries.forEach(entry => mark(entry.target.closest(wide))));
  boxes.forEach(box => watcher.observe(box));
  // A postponed formula has its width when it is drawn.
  document.querySelectorAll(".katex-scroll > .katex-display").forEach(formula => watcher.observe(formula));
  document.fonts.ready.then(() => boxes.forEach(mark)); // a font makes the content wider, not the box
});

// Brings the charts of a page to life. Each is readable without this script: see lrcore/_charts/frame.py.
(() => {
  const here = document.currentScript?.src;
  let loading;

  // A classic script, added when it is needed: import() is refused to pages opened from a folder.
  const vega = () => loading ??= window.lrcoreVega ? Promise.resolve() : new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL("vega.js", here).href;
    script.onload = done;
    script.onerror = () => failed(new Error("charts: vega.js did not load"));
    document.head.append(script);
  });

  // Reading, building and drawing a chart take a slow phone a while; between them it answers its reader.
  const pause = () => new Promise(done => setTimeout(done));

  // A number of the chart is a slider's, else a signal of a view, else a column of its data that
  // holds one value all the way down.
  function valueOf(name, inputs, views) {
    const input = inputs.find(i => i.name === name);
    if (input) return input.valueAsNumber;
    for (const view of views) {
      const { signals, data } = view.getState({ signals: n => n === name, data: () => true });
      if (name in signals) return signals[name];
      for (const rows of Object.keys(data).map(key => view.data(key))) {
        const value = rows?.[0]?.[name];
        if (value !== undefined && rows.every(row => row[name] === value)) return value;
      }
    }
    return NaN;
  }

  // Like number() in lrcore/_charts/frame.py: a true minus, no minus before zero.
  function write(value, digits) {
    if (!Number.isFinite(value)) return "none";
    const text = value.toFixed(digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
  }

  async function draw(chart) {
    await vega();
    const inputs = [...chart.querySelectorAll("input")];
    const views = [];
    for (const panel of chart.querySelectorAll(".lr-chart-panel")) {
      await pause();
      const flow = lrcoreVega.parse(JSON.parse(panel.querySelector("script").textContent));
      await pause();
      const container = document.createElement("div");
      const view = new lrcoreVega.View(flow, { container, renderer: "svg" });
      await pause();
      await view.runAsync();
      panel.querySelector("[role=img]").firstElementChild.replaceChildren(container);
      views.push(view);
    }
    const update = async () => {
      await Promise.all(views.map(view => {
        for (const { name, valueAsNumber } of inputs) {
          if (name in view.getState({ signals: n => n === name, data: () => false }).signals) view.signal(name, valueAsNumber);
        }
        return view.runAsync();
      }));
      for (const place of chart.querySelectorAll("[data-value]")) {
        const text = write(valueOf(place.dataset.value, inputs, views), Number(place.dataset.digits));
        if (place.textContent !== text) place.textContent = text; // so that only news is read aloud
      }
    };
    inputs.forEach(input => input.addEventListener("input", update));
    await update();
    chart.dataset.live = "";
  }

  const seen = new IntersectionObserver(entries => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) { seen.unobserve(target); draw(target).catch(console.error); }
    }
  }, { rootMargin: "200px" });

  window.lrcoreCharts = () => {
    for (const chart of document.querySelectorAll(".lr-chart:not([data-seen])")) {
      chart.dataset.seen = "";
      seen.observe(chart);
    }
  };
  window.lrcoreCharts();
})();

// Fuel: what each lap used, and what was in the tank.

/** How fuel used is shown: litres or kilograms as they are, a share of the tank as percent. */
function fuelUnit(session) {
  const unit = report.sessions[session]?.fuel_unit ?? "";
  return unit === "" ? { unit: "%", factor: 100 } : { unit, factor: 1 };
}

function scaledFuel(lap) {
  return lap.fuel_used === null ? NaN : lap.fuel_used * fuelUnit(lap.session).factor;
}

function showFuel() {
  const parent = byId("fuel-body");
  const laps = report.laps.filter((lap) => lap.session === 0 && lap.fuel_used !== null);
  const over = ownTime();
  const name = over ? ["fuel_volume", "fuel_mass", "fuel_level"].find((fuel) => hasValues(values(over.series[fuel]))) : undefined;
  byId("fuel-hint").textContent = laps.length > 0 && report.layout !== "stage" ? fuelSentence(laps) : "";
  const charts = [];
  if (laps.length > 1) charts.push(usedChart(laps));
  if (name) {
    const channel = channelOf(name);
    const chart = chartOf("In the tank", channel, [{ row: values(over.series[name]), label: "In the tank", colour: "lap-1", dash: "solid" }], true);
    charts.push({ ...chart, start: () => startChart(chart) });
  }
  if (charts.length === 0) {
    const used = laps.length === 1 ? `${number(scaledFuel(laps[0]), 2)} ${fuelUnit(0).unit} were used.` : "The recording has no fuel values.";
    showReason(parent, "fuel", used);
    return;
  }
  parent.replaceChildren(make("div", { class: "grid" }, ...charts.map(({ figure }) => figure)));
  charts.forEach(({ start }) => start());
}

/** What a flying lap takes. */
function fuelSentence(laps) {
  const flying = laps.filter((lap) => lap.kind === "flying");
  if (flying.length === 0) return "";
  const { unit } = fuelUnit(0);
  const mean = flying.reduce((sum, lap) => sum + scaledFuel(lap), 0) / flying.length;
  return `A flying lap takes ${number(mean, 2)} ${unit} on average.`;
}

function usedChart(laps) {
  const { unit } = fuelUnit(0);
  const parts = makeFigure("Used by each lap", { aria: `Fuel used by each lap in ${unit}` });
  parts.figure.querySelector(".figure-title").append(make("span", { class: "unit" }, unit));
  parts.plot.dataset.paper = "322";
  const redraw = () => {
    const isFlying = laps.map((lap) => lap.kind === "flying");
    const bars = {
      type: "bar",
      name: "fuel",
      x: laps.map((_, place) => place),
      y: laps.map(scaledFuel),
      marker: { color: isFlying.map((flying) => colour(flying ? "lap-1" : "bar-quiet")) },
      customdata: laps.map((lap) => `lap ${lap.lap}`),
      hovertemplate: `%{y:.2f} ${unit}<extra>%{customdata}</extra>`,
    };
    const every = Math.ceil(laps.length / Math.max(4, parts.plot.clientWidth / 34));
    const ticks = laps.map((_, place) => place).filter((place) => place % every === 0);
    const layout = layoutOf(210, TIME_MARGIN, {
      hovermode: isTouch() ? false : "closest",
      bargap: 0.35,
      xaxis: axisOf({ showgrid: false, tickvals: ticks, ticktext: ticks.map((place) => String(laps[place].lap)), title: { text: "Lap; other than flying laps are grey", font: { size: 11 }, standoff: 6 } }),
      yaxis: axisOf({ rangemode: "tozero", nticks: 6 }),
    });
    draw(parts.plot, [bars], layout);
  };
  const start = () => {
    redraw();
    onResize(parts.plot, redraw);
  };
  return { ...parts, start };
}

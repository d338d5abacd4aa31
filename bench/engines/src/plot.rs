//! How the time of a decision grows with the rows of a table, as a drawing.

use anyhow::{Result, anyhow};
use plotters::prelude::{
    BLACK, ChartBuilder, Circle, EmptyElement, IntoDrawingArea as _, IntoLogRange as _, LineSeries,
    PathElement, RGBColor, SVGBackend, SeriesLabelPosition, WHITE,
};

use crate::{
    engine::{Boundary, Name},
    report::Results,
    workloads::selective,
};

const SIZE: (u32, u32) = (840, 520);

/// The selective grid from code to answer at every size, both axes logarithmic.
///
/// # Errors
///
/// If it cannot be drawn.
pub fn growth(results: &Results) -> Result<String> {
    let series = Name::ALL.map(|engine| (engine, points(results, engine)));
    let all = series.iter().flat_map(|(_, points)| points);
    let (mut rows, mut times) = ((f64::MAX, 0.0_f64), (f64::MAX, 0.0_f64));
    for (n_rows, ns) in all {
        rows = (rows.0.min(*n_rows), rows.1.max(*n_rows));
        times = (times.0.min(*ns), times.1.max(*ns));
    }
    let mut svg = String::new();
    draw(&mut svg, &series, rows, (times.0 / 2.0, times.1 * 2.0))
        .map_err(|error| anyhow!("cannot draw: {error}"))?;
    Ok(svg)
}

fn points(results: &Results, engine: Name) -> Vec<(f64, f64)> {
    let lines = results.decisions.iter().map(|decision| &decision.line);
    let ours = lines.filter(|line| {
        line.workload == selective::NAME
            && line.boundary == Boundary::Codes
            && line.engine == engine
    });
    ours.map(|line| (line.rows as f64, line.p50_ns)).collect()
}

fn draw(
    svg: &mut String,
    series: &[(Name, Vec<(f64, f64)>)],
    rows: (f64, f64),
    times: (f64, f64),
) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption("W1: time of a decision, codes ready", ("sans-serif", 18))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(72)
        .build_cartesian_2d((rows.0..rows.1).log_scale(), (times.0..times.1).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("rows of the table")
        .y_desc("median, nanoseconds")
        .x_label_formatter(&|rows| format!("{rows:.0}"))
        .y_label_formatter(&|ns| format!("{ns:.0}"))
        .light_line_style(WHITE)
        .draw()?;
    for (engine, points) in series {
        let color = color(*engine);
        chart
            .draw_series(LineSeries::new(points.iter().copied(), &color))?
            .label(engine.to_string())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color));
        chart.draw_series(
            points
                .iter()
                .map(|point| EmptyElement::at(*point) + Circle::new((0, 0), 3, color)),
        )?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    area.present()?;
    Ok(())
}

fn color(engine: Name) -> RGBColor {
    match engine {
        Name::Pointsman => RGBColor(0, 90, 181),
        Name::Zen => RGBColor(220, 50, 32),
        Name::ZenTrace => RGBColor(240, 150, 130),
        Name::Cel => RGBColor(90, 130, 60),
        Name::Match => RGBColor(110, 110, 110),
    }
}

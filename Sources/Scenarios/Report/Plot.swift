import Foundation

/// A line plot as inline SVG. Its colours come from the page, so that it can be read in light and dark.
struct Plot {
    struct Line {
        let name: String
        /// The number of the colour, from 1.
        let colour: Int
        let points: [(x: Double, y: Double)]
    }

    let title: String
    let xLabel: String
    let yLabel: String
    let lines: [Line]
    var yFormat: (Double) -> String = Text.short
    /// The least end of the vertical axis.
    var yEnd = 0.0

    private static let width = 560.0
    private static let height = 250.0
    private static let left = 64.0
    private static let right = 12.0
    private static let top = 12.0
    private static let bottom = 40.0

    var svg: String {
        let xEnd = Self.niceEnd(lines.flatMap { $0.points.map(\.x) }.max() ?? 1)
        let yTop = Self.niceEnd(max(yEnd, lines.flatMap { $0.points.map(\.y) }.max() ?? 1))
        func x(_ value: Double) -> Double { Self.left + value / xEnd * (Self.width - Self.left - Self.right) }
        func y(_ value: Double) -> Double {
            Self.height - Self.bottom - value / yTop * (Self.height - Self.top - Self.bottom)
        }
        var out =
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(title.escaped)\">"
        for step in 0...4 {
            let value = yTop * Double(step) / 4
            out += "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\""
            out += " y1=\"\(f(y(value)))\" y2=\"\(f(y(value)))\"/>"
            out += "<text class=\"tick\" text-anchor=\"end\" x=\"\(Self.left - 6)\" y=\"\(f(y(value) + 4))\">"
            out += "\(yFormat(value).escaped)</text>"
        }
        for step in 0...5 {
            let value = xEnd * Double(step) / 5
            out += "<text class=\"tick\" text-anchor=\"middle\" x=\"\(f(x(value)))\""
            out += " y=\"\(Self.height - Self.bottom + 16)\">\(Text.short(value))</text>"
        }
        out += "<text class=\"axis\" text-anchor=\"middle\" x=\"\(f((Self.left + Self.width - Self.right) / 2))\""
        out += " y=\"\(Self.height - 6)\">\(xLabel.escaped)</text>"
        for line in lines where !line.points.isEmpty {
            let points = line.points.map { "\(f(x($0.x))),\(f(y($0.y)))" }.joined(separator: " ")
            out += "<polyline class=\"line c\(line.colour)\" points=\"\(points)\"/>"
        }
        return out + "</svg>"
    }

    /// The plot with its title and the names of its lines.
    var html: String {
        let legend =
            lines.map { "<span class=\"key\"><i class=\"c\($0.colour)\"></i>\($0.name.escaped)</span>" }.joined()
        return "<figure><figcaption><b>\(title.escaped)</b><span class=\"unit\">\(yLabel.escaped)</span>"
            + "<span class=\"legend\">\(lines.count > 1 ? legend : "")</span></figcaption>\(svg)</figure>\n"
    }

    private func f(_ number: Double) -> String { String(format: "%.1f", number) }

    /// The next round number.
    private static func niceEnd(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        let power = pow(10, floor(log10(value)))
        return ([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].first { $0 * power >= value * 0.999 } ?? 10) * power
    }
}

/// Bars with their names and numbers.
struct Bars {
    let title: String
    let bars: [(name: String, value: Double, text: String)]

    var html: String {
        let most = max(bars.map(\.value).max() ?? 0, .leastNonzeroMagnitude)
        let rows = bars.map { bar in
            "<div class=\"bar\"><span>\(bar.name.escaped)</span><span class=\"track\"><i style=\"width:"
                + "\(String(format: "%.1f", bar.value / most * 100))%\"></i></span><span class=\"num\">\(bar.text.escaped)</span></div>"
        }
        return "<figure><figcaption><b>\(title.escaped)</b></figcaption>\(rows.joined())</figure>\n"
    }
}

extension String {
    /// As text within HTML.
    var escaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

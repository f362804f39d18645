import Foundation

/// A line plot as inline SVG. Its colours come from `style`, so that it can be read in light and dark.
public struct Plot {
    public struct Line {
        let name: String
        let colour: Int
        let points: [(x: Double, y: Double)]

        /// - Parameter colour: its number, 1 ... 5.
        public init(name: String, colour: Int, points: [(x: Double, y: Double)]) {
            self.name = name
            self.colour = colour
            self.points = points
        }
    }

    /// A span of the horizontal axis in which something was the matter.
    struct Window {
        let name: String
        let from: Double
        let to: Double
    }

    let title: String
    let xLabel: String
    let yLabel: String
    let lines: [Line]
    var windows: [Window] = []
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
        for window in windows {
            let width = max(1, x(min(window.to, xEnd)) - x(window.from))
            out += "<rect class=\"fault\" x=\"\(f(x(window.from)))\" width=\"\(f(width))\" y=\"\(Self.top)\""
            out += " height=\"\(Self.height - Self.bottom - Self.top)\"><title>\(window.title)</title></rect>"
        }
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

    /// The plot with its title and the names of its lines and faults.
    public var html: String {
        var legend = ""
        if lines.count > 1 {
            for line in lines {
                legend += "<span class=\"key\"><i class=\"c\(line.colour)\"></i>\(line.name.escaped)</span>"
            }
        }
        if !windows.isEmpty {
            let names = Set(windows.map(\.name)).sorted().joined(separator: ", ")
            legend += "<span class=\"key\"><i class=\"fault\"></i>\(names.escaped)</span>"
        }
        return "<figure><figcaption><b>\(title.escaped)</b><span class=\"unit\">\(yLabel.escaped)</span>"
            + "<span class=\"legend\">\(legend)</span></figcaption>\(svg)</figure>\n"
    }

    /// What a page with plots needs in its style sheet.
    public static let style = """
        :root{--card:#fff;--ink:#1d2126;--soft:#667078;--rule:#dfe3e6;--c1:#2563c4;--c2:#c2570c;--c3:#2e7d32;--c4:#8e3b9e;
        --c5:#a0203c}
        @media(prefers-color-scheme:dark){:root{--card:#1c2024;--ink:#e7eaec;--soft:#9aa4ac;--rule:#333a40;--c1:#6ea8fe;
        --c2:#f0a35e;--c3:#7fd08a;--c4:#d79be6;--c5:#ff8fa3}}
        figure{margin:0;padding:12px 14px;background:var(--card);border:1px solid var(--rule);border-radius:8px}
        figcaption{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:baseline;margin-bottom:6px}
        .unit{color:var(--soft);font-size:13px}.legend{margin-left:auto;font-size:13px}
        .key{margin-left:12px}.key i{display:inline-block;width:14px;height:3px;margin-right:5px;vertical-align:middle}
        svg{width:100%;height:auto;display:block}.grid{stroke:var(--rule)}.tick,.axis{fill:var(--soft);font-size:12px}
        .line{fill:none;stroke-width:2;stroke-linejoin:round}.line.c1{stroke:var(--c1)}.line.c2{stroke:var(--c2)}
        .line.c3{stroke:var(--c3)}.line.c4{stroke:var(--c4)}.line.c5{stroke:var(--c5)}
        i.c1{background:var(--c1)}i.c2{background:var(--c2)}i.c3{background:var(--c3)}i.c4{background:var(--c4)}
        i.c5{background:var(--c5)}rect.fault{fill:var(--soft);opacity:.15}.key i.fault{background:var(--soft);opacity:.3;
        height:10px}
        """

    private func f(_ number: Double) -> String { String(format: "%.1f", number) }

    /// The next round number.
    private static func niceEnd(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        let power = pow(10, floor(log10(value)))
        return ([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].first { $0 * power >= value * 0.999 } ?? 10) * power
    }
}

extension Plot {
    /// A plot of lines with whole numbers at its axes.
    public init(title: String, xLabel: String, yLabel: String, lines: [Line], yEnd: Double = 0) {
        self.init(title: title, xLabel: xLabel, yLabel: yLabel, lines: lines, windows: [], yEnd: yEnd)
    }
}

extension Plot.Window {
    fileprivate var title: String { "\(name), \(Text.short(from)) to \(Text.short(to)) s".escaped }
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

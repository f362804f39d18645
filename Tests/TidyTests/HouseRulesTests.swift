import Testing

@Suite("House rules: lengths and banned APIs")
struct HouseRulesTests {
    /// Rooms that may touch sockets, clocks, threads and files.
    static let drivers: Set<String> = [
        "Networks", "NodeNIO", "RocksStore", "Simulator", "Scenarios", "NodeRPC", "Cluster", "starling",
    ]

    static let belowDrivers = Checkout.sources.filter { !drivers.contains($0.room) }

    /// What makes code depend on more than its arguments.
    static let banned = [
        "import Foundation", "import Dispatch", "import NIO", "import Logging", "import Glibc", "import Darwin",
        "ContinuousClock", "SuspendingClock", "Date()", "SystemRandomNumberGenerator", ".shuffled()",
        ".randomElement()",
        "Task {", "Task.detached", "actor ", "AsyncStream", "DispatchQueue", "NSLock", "print(",
    ]

    @Test func nothingBelowTheDriversHasAClockOrIO() {
        for file in Self.belowDrivers {
            for (number, line) in code(file) {
                for word in Self.banned where line.contains(word) {
                    Issue.record("\(file.path):\(number): '\(word)' below the drivers")
                }
                if line.contains(".random(in"), !line.contains("using:") {
                    Issue.record("\(file.path):\(number): randomness that is not an argument")
                }
            }
        }
    }

    @Test func nothingTrapsOrIsLeftForLater() {
        for file in Checkout.sources {
            for (number, line) in code(file) {
                for word in ["try!", "as!", "fatalError(", "TODO", "FIXME", "unsafeFlags"] where line.contains(word) {
                    Issue.record("\(file.path):\(number): \(word)")
                }
            }
        }
    }

    /// Only a simulation goes without crypto. The rooms that offer it are below, and no driver with sockets asks for it.
    @Test func onlyTheSimulatorIsPlain() {
        let offering: Set<String> = ["RLPx", "DevP2P", "Discovery", "NodeCore", "Simulator"]
        let words = ["plainWith:", "EnvelopeV4(plain:", "sealPlain(", ".isPlain ="]
        for file in Checkout.sources where !offering.contains(file.room) {
            for (number, line) in code(file) {
                for word in words where line.contains(word) {
                    Issue.record("\(file.path):\(number): '\(word)' outside the simulator")
                }
            }
        }
    }

    @Test func filesAreShort() {
        for file in Checkout.sources + Checkout.files(in: "Tests") + Checkout.files(in: "Examples") {
            #expect(file.lines.count <= 600, "\(file.path) has \(file.lines.count) lines")
        }
    }

    /// A function ends at the first line that closes at its own indentation.
    @Test func functionsFitOnAScreen() {
        for file in Checkout.sources {
            var open: [(indent: Int, line: Int)] = []
            for (index, line) in file.lines.enumerated() {
                let indent = line.prefix { $0 == " " }.count
                let words = line.split(separator: " ")
                if line.hasSuffix("}"), line.drop(while: { $0 == " " }).first == "}", let last = open.last,
                    last.indent == indent
                {
                    open.removeLast()
                    let length = index - last.line + 1
                    #expect(length <= 60, "\(file.path):\(last.line + 1): a function of \(length) lines")
                }
                let begins = words.contains("func") || words.contains { $0.hasPrefix("init(") || $0.hasPrefix("init<") }
                if begins, line.hasSuffix("{"), !(words.first?.hasPrefix("//") ?? true) { open.append((indent, index)) }
            }
        }
    }

    @Test func everyLibraryRoomHasItsPage() {
        for room in Set(Checkout.sources.map(\.room)) where room != "starling" {
            #expect(
                Checkout.text("Sources/\(room)/\(room).docc/\(room).md") != nil,
                "\(room) has no \(room).docc/\(room).md")
        }
    }

    /// The lines that aren't comments, with their numbers.
    func code(_ file: Checkout.File) -> [(number: Int, line: String)] {
        file.lines.enumerated().compactMap { index, line in
            line.drop { $0 == " " }.hasPrefix("//") ? nil : (index + 1, line)
        }
    }
}

import Foundation
import Testing

@Suite("House rules: lengths and banned APIs")
struct HouseRulesTests {
    /// Rooms that may touch sockets, clocks, threads and files.
    static let drivers: Set<String> = [
        "Files", "Networks", "NodeNIO", "EthService", "RocksStore", "Swarm", "Simulator", "Scenarios", "NodeRPC",
        "Cluster",
        "starling",
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

    /// NIO's `socketOption(.tcp_nodelay)` is option 1 of SOL_SOCKET: SO_DEBUG, which only root may set, so that another
    /// user's connections all fail.
    @Test func optionsOfTCPAreSetAtItsLevel() {
        for file in Checkout.sources {
            for (number, line) in code(file) where line.contains("socketOption(.tcp_") {
                Issue.record("\(file.path):\(number): write tcpOption(.tcp_…)")
            }
        }
    }

    /// Only a simulation goes without crypto. Discovery and the node take any seal for packets, but one that signs nothing
    /// is in the simulator only; and no driver with sockets asks for sessions or packets without crypto.
    @Test func onlyTheSimulatorIsPlain() {
        let offering: Set<String> = ["RLPx", "DevP2P", "Discovery", "NodeCore", "Simulator"]
        let words = ["plainWith:", "SealV4"]
        for file in Checkout.sources where file.room != "Simulator" {
            for (number, line) in code(file) where line.contains(": PacketSealV4 {") {
                guard !line.contains("struct SignatureSealV4") else { continue }
                Issue.record("\(file.path):\(number): a seal of packets outside the simulator")
            }
        }
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

    @Test func functionsFitOnAScreen() {
        for file in Checkout.sources {
            for function in functions(in: file.lines) where function.length > 60 {
                Issue.record("\(file.path):\(function.line): a function of \(function.length) lines")
            }
        }
    }

    @Test func functionsAreMeasuredHoweverTheirSignatureIsWrapped() {
        let lines = """
            struct A {
                func one() {
                    two()
                }
                func two(
                    _ a: Int
                ) throws {
                    if a > 0 {
                    }
                }
                func three(_ a: Int) -> [(number: Int, line: String)]
                {
                }
                func required(
                    _ a: Int
                ) -> Int
                init(_ a: Int) { self.a = a }
                init(
                    _ a: Int
                ) {
                    func inner() {
                    }
                }
            }
            """.components(separatedBy: "\n")
        let found = functions(in: lines).sorted { $0.line < $1.line }.map { [$0.line, $0.length] }
        #expect(found == [[2, 3], [5, 6], [11, 3], [18, 6], [21, 2]])
    }

    /// The functions with a body of several lines, the signature included. One ends at the first line that closes at its own
    /// indentation; a signature that is wrapped ends at the line of its indentation that opens the body.
    func functions(in lines: [String]) -> [(line: Int, length: Int)] {
        var found: [(line: Int, length: Int)] = []
        var open: [(indent: Int, line: Int)] = []
        var wrapped: (indent: Int, line: Int)?
        for (index, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let words = line.split(separator: " ")
            guard let first = words.first, !first.hasPrefix("//") else { continue }
            if let signature = wrapped, signature.indent == indent {
                if line.hasSuffix("{"), first == "{" || first.hasPrefix(")") { open.append(signature) }
                wrapped = nil
            }
            if line.hasSuffix("}"), first.hasPrefix("}"), let last = open.last, last.indent == indent {
                open.removeLast()
                found.append((last.line + 1, index - last.line + 1))
            }
            let begins = words.contains("func") || words.contains { $0.hasPrefix("init(") || $0.hasPrefix("init<") }
            guard begins else { continue }
            if line.hasSuffix("{") { open.append((indent, index)) } else { wrapped = (indent, index) }
        }
        return found
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

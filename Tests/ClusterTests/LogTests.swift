import Files
import Foundation
import Logging
import Testing

@testable import starling

@Suite("The log of a node")
struct LogTests {
    private static let time = Date(timeIntervalSince1970: 1_764_000_000.25)

    @Test func aLineHasDateAndTime() {
        let line = LogFormat.text.line(.info, "head 5", label: "starling", ["b": "2", "a": "1"], at: Self.time)
        #expect(line == "2025-11-24T16:00:00.250Z info     head 5 a=1 b=2\n")
    }

    @Test func aLineOfJSONIsAnObject() throws {
        let line = LogFormat.json.line(.warning, "a \"b\"\n/c", label: "starling", ["key": "value"], at: Self.time)
        #expect(line.last == "\n" && line.dropLast().contains("\n") == false)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary)
        let expected: NSDictionary = [
            "time": "2025-11-24T16:00:00.250Z", "level": "warning", "label": "starling", "message": "a \"b\"\n/c",
            "metadata": ["key": "value"],
        ]
        #expect(object == expected)
    }

    /// A peer's name makes no line of its own, moves no cursor, and is no megabyte.
    @Test func whatPeersSayStaysInItsLine() {
        let line = LogFormat.text.line(.info, "a\nb\u{1b}[2Jc\u{9b}d", label: "", [:], at: Self.time)
        #expect(line.hasSuffix(" a\\nb\\u{1b}[2Jc\\u{9b}d\n"))
        for format in LogFormat.allCases {
            let long = String(repeating: "a", count: 1 << 20)
            #expect(format.line(.info, long, label: "", ["k": .string(long)], at: Self.time).utf8.count < 9000)
        }
    }

    /// What can't be written is counted, and told when there is somebody to tell it again.
    @Test func aReaderThatDoesNotReadLosesLines() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let output = LogOutput(OutputDescriptor(ends[1]))
        func write(_ text: String) { output.write(text + "\n") { "lost \($0)\n" } }
        let long = String(repeating: "a", count: 1000)
        for _ in 0..<200 { write(long) }
        let reader = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        var text = String(decoding: reader.availableData, as: UTF8.self)
        write("again")
        close(ends[1])
        text += String(decoding: reader.readDataToEndOfFile(), as: UTF8.self)
        let lines = text.split(separator: "\n")
        let whole = lines.count { $0 == long }
        #expect((1..<200).contains(whole))
        #expect(lines.suffix(2) == ["lost \(200 - whole)", "again"])
        // At most one line was cut.
        #expect(lines.count - whole <= 3)
    }
}

import Foundation
import FuzzTargets
import Testing

/// Runs what Tools/Fuzz keeps: the seeds, and every input that ever broke something.
@Suite("Inputs of the fuzzers, replayed")
struct FuzzReplayTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let target: FuzzTarget
        /// Below Tools/Fuzz.
        let path: String

        var testDescription: String { path }
    }

    static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Tools/Fuzz")

    static func cases(in kind: String) -> [Case] {
        FuzzTarget.all.flatMap { target in
            let path = "\(kind)/\(target.name)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(path).path))
            return (names ?? []).sorted().map { Case(target: target, path: "\(path)/\($0)") }
        }
    }

    func replay(_ input: Case) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(input.path)))
        do throws(BrokenProperty) {
            try input.target.run(bytes)
        } catch {
            Issue.record("\(input.path): \(error)")
        }
    }

    @Test(arguments: cases(in: "FailCases"))
    func failCase(_ input: Case) throws { try replay(input) }

    @Test(arguments: cases(in: "Seeds"))
    func seed(_ input: Case) throws { try replay(input) }

    /// A folder that belongs to no target would never be replayed.
    @Test func everyFolderHasItsTarget() throws {
        for kind in ["Seeds", "FailCases"] {
            let path = Self.folder.appendingPathComponent(kind).path
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            for name in names where !name.hasPrefix(".") {
                #expect(FuzzTarget.named(name) != nil, "\(kind)/\(name) belongs to no target")
            }
        }
    }
}

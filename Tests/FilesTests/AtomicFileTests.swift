import Files
import Foundation
import Testing

@Suite("Small files are there whole or not at all")
struct AtomicFileTests {
    private final class Folder {
        let path = NSTemporaryDirectory() + "starling-files-\(UUID())"

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test func isWrittenAndReplaced() throws {
        let folder = try Folder()
        let path = folder.path + "/key"
        try AtomicFile.write("one".utf8, to: path, mode: 0o600)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(Self.text(path) == "one" && mode == 0o600)
        try AtomicFile.write("two".utf8, to: path)
        #expect(Self.text(path) == "two" && folder.names == ["key"])
    }

    @Test func theDiskIsWaitedForOrAnErrorSaysWhy() throws {
        let folder = try Folder()
        let path = folder.path + "/lines"
        try AtomicFile.write("one".utf8, to: path)
        try AtomicFile.sync(path)
        #expect(throws: FileError.failed(path: path + "s", reason: "No such file or directory")) {
            try AtomicFile.sync(path + "s")
        }
        #expect(Self.text(path) == "one")
    }

    @Test func keepsWhatIsThereWhereItIsTold() throws {
        let folder = try Folder()
        let path = folder.path + "/key"
        try AtomicFile.write("one".utf8, to: path, replacing: false)
        let error = FileError.exists(path: path)
        #expect(throws: error) { try AtomicFile.write("two".utf8, to: path, replacing: false) }
        #expect("\(error)" == "\(path) exists already; remove it first if it isn't needed")
        #expect(Self.text(path) == "one" && folder.names == ["key"])
    }

    /// As a full disk does it: the file can't be written to its end. The old one is still there, and nothing is left over.
    @Test func aFailureLeavesEverythingAsItWas() async throws {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            let path = folder.path + "/key"
            try AtomicFile.write("one".utf8, to: path)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            #expect(throws: FileError.self) { try AtomicFile.write([UInt8](repeating: 1, count: 2000), to: path) }
            #expect(throws: FileError.self) {
                try AtomicFile.write([UInt8](repeating: 1, count: 2000), to: folder.path + "/new", replacing: false)
            }
            #expect(Self.text(path) == "one" && folder.names == ["key"])
        }
    }

    @Test func aFullDeviceIsASentence() throws {
        let error = FileError.diskFull(path: "/dev/full")
        #expect(throws: error) { try AtomicFile.write("text".utf8, to: "/dev/full") }
        #expect("\(error)" == "/dev/full can't be written: the disk is full")
    }

    /// A device, a pipe or a link isn't replaced by a file.
    @Test func whatIsNoFileStaysWhatItIs() throws {
        try AtomicFile.write("text".utf8, to: "/dev/null")
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        let folder = try Folder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: folder.path + "/file")
        try AtomicFile.write("one".utf8, to: folder.path + "/file")
        try AtomicFile.write("two".utf8, to: folder.path + "/link")
        #expect(Self.text(folder.path + "/file") == "two")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/link") == folder.path + "/file")
    }

    @Test func aMissingFolderIsNamed() {
        #expect { try AtomicFile.write("text".utf8, to: "/nowhere/at/all") } throws: { error in
            "\(error)" == "/nowhere/at/all can't be written: No such file or directory"
        }
    }
}

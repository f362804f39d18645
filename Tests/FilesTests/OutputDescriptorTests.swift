import Files
import Foundation
import Testing

@Suite("Output that may fail")
struct OutputDescriptorTests {
    /// Both ends of a pipe.
    private static func pipe() -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [0, 0]
        #expect(Foundation.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    @Test func everythingIsWritten() {
        let (reader, writer) = Self.pipe()
        let written = OutputDescriptor(writer).write(Array("some text".utf8))
        close(writer)
        #expect(written == (9, 0))
        #expect(FileHandle(fileDescriptor: reader, closeOnDealloc: true).availableData == Data("some text".utf8))
    }

    @Test func theReaderIsGone() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_IGN)
            let (reader, writer) = Self.pipe()
            close(reader)
            #expect(OutputDescriptor(writer).write([1, 2, 3]) == (0, EPIPE))
        }
    }

    /// A reader that doesn't read is given its time, however much there is to write.
    @Test func theReaderDoesNotRead() {
        let (reader, writer) = Self.pipe()
        let written = OutputDescriptor(writer).write([UInt8](repeating: 1, count: 1 << 20), timeout: 0)
        #expect(written.error == ETIMEDOUT && (1..<1 << 20).contains(written.count))
        close(reader)
        close(writer)
    }

    @Test func theDeviceIsFull() throws {
        let full = open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        #expect(OutputDescriptor(full).write([1]) == (0, ENOSPC))
        close(full)
    }

    /// The last descriptors aren't for connections, and the database still gets them.
    @Test func descriptorsRunOut() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 100, rlim_max: 200)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            #expect(FileDescriptors.limit == 100 && FileDescriptors.areSpare)
            var taken: [Int32] = []
            while FileDescriptors.areSpare { taken.append(open("/dev/null", O_RDONLY)) }
            #expect(taken.count < 80 && taken.allSatisfy { $0 >= 0 })
            let more = open("/dev/null", O_RDONLY)
            #expect(more >= 0)
            for descriptor in taken { close(descriptor) }
            #expect(FileDescriptors.areSpare)
            FileDescriptors.raiseLimit()
            #expect(FileDescriptors.limit == 200)
        }
    }
}

public import Chain
import Files
import Foundation
public import Logging
import NIOPosix
public import Primitives

/// The transactions that were handed in here, in a file: those that weren't mined when the node stopped are there again when
/// it starts. Peers may have forgotten them, and whoever has sent them thinks that they are under way.
///
/// A line a transaction, in hexadecimal. A line is written at once, so a node that is killed leaves whole lines; one that
/// isn't whole is left out. What the pool no longer has, because it is in a block or was replaced, goes when the file is
/// written anew: after the start, and each time that it has grown by half of its bound.
///
/// The disk is waited for at most once a second, and nobody who hands in waits: what a power cut takes is what came in the
/// last second, and what the disk hadn't taken yet.
public actor TransactionJournal {
    /// Which of these the pool still has.
    public typealias Pooled = @Sendable ([Hash32]) async -> Set<Hash32>

    private let path: String
    private let maxBytes: Int
    private let logger: Logger
    private var bytes = 0
    /// When the file was written anew last.
    private var bytesKept = 0
    /// Whether the last line couldn't be written, or didn't get to the disk: said once.
    private var hasFailed = false
    /// Whether there are lines that the disk wasn't waited for.
    private var isUnsynced = false
    private var isSyncing = false
    private let sync: Sync
    private let pause: @Sendable () async -> Void

    /// Waits until a file is on the disk.
    typealias Sync = @Sendable (_ path: String) async throws -> Void

    public init(path: String, maxBytes: Int = 16 << 20, logger: Logger) {
        self.init(path: path, maxBytes: maxBytes, logger: logger, sync: Self.syncOnThread) {
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// - Parameter pause: the time between two waits for the disk.
    init(
        path: String, maxBytes: Int = 16 << 20, logger: Logger, sync: @escaping Sync,
        pause: @escaping @Sendable () async -> Void
    ) {
        self.path = path
        self.maxBytes = maxBytes
        self.logger = logger
        self.sync = sync
        self.pause = pause
    }

    /// A slow disk holds up a thread that is there for it.
    private static func syncOnThread(_ path: String) async throws {
        try await NIOThreadPool.singleton.runIfActive { try AtomicFile.sync(path) }
    }

    /// What is in the file, in order.
    public func transactions() -> [Transaction] { lines().map(\.transaction) }

    /// Writes a transaction down. Where that fails, or the file is full, a line of the log says so: the transaction is in
    /// the pool nevertheless.
    ///
    /// - Parameter pooled: is asked where the file has grown.
    public func append(_ transaction: Transaction, pooled: Pooled) async {
        let line = Data((Hex.encode(transaction.encoded) + "\n").utf8)
        if bytes + line.count > bytesKept + maxBytes / 2 || bytes + line.count > maxBytes { await rotate(pooled) }
        guard bytes + line.count <= maxBytes else { return fail("\(path) is full (\(maxBytes) bytes)") }
        do {
            try write(line)
        } catch {
            return fail("\(path) can't be written: \(error.localizedDescription)")
        }
        isUnsynced = true
        guard !isSyncing else { return }
        isSyncing = true
        Task { await syncWhileNeeded() }
    }

    /// What is written while the disk is busy, or during the pause, goes with the next round.
    private func syncWhileNeeded() async {
        while isUnsynced {
            isUnsynced = false
            do {
                try await sync(path)
                hasFailed = false
            } catch {
                fail("\(error)")
            }
            await pause()
        }
        isSyncing = false
    }

    /// Writes the file anew, without what the pool doesn't have.
    public func rotate(_ pooled: Pooled) async {
        let before = lines().map(\.transaction.hash)
        let gone = Set(before).subtracting(await pooled(before))
        // Others may have been written in the meantime.
        let text = lines().filter { !gone.contains($0.transaction.hash) }.map { $0.text + "\n" }.joined()
        if text.isEmpty, !FileManager.default.fileExists(atPath: path) { return }
        do throws(FileError) {
            try AtomicFile.write(text.utf8, to: path, mode: 0o600)
            bytes = text.utf8.count
        } catch {
            fail("\(error)")
        }
        bytesKept = bytes
    }

    private func lines() -> [(text: Substring, transaction: Transaction)] {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: maxBytes) else {
            return []
        }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard let bytes = [UInt8](hex: line), let transaction = try? Transaction(encoded: bytes) else {
                return nil
            }
            return (line, transaction)
        }
    }

    /// Appends a line, or nothing.
    private func write(_ line: Data) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let end = try file.seekToEnd()
        do {
            try file.write(contentsOf: line)
            bytes = Int(end) + line.count
        } catch {
            try? file.truncate(atOffset: end)
            throw error
        }
    }

    private func fail(_ why: String) {
        if !hasFailed { logger.warning("transactions handed in here won't survive a restart: \(why)") }
        hasFailed = true
    }
}

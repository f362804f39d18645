import Foundation

/// The folder that a cluster runs in, and the lock that says so as long as it runs, however it ends.
final class ClusterFolder {
    let path: String
    let isTemporary: Bool
    private let lock: Int32

    private static let lockName = "lock"
    private static let prefix = "starling-cluster-"

    /// Takes the folder, and makes it where it isn't there; a temporary one where `datadir` is nil.
    init(datadir: String?) throws(ClusterError) {
        isTemporary = datadir == nil
        if let datadir {
            path = Self.absolute(datadir)
        } else {
            Self.removeOld()
            path = NSTemporaryDirectory().trimmingSuffix("/") + "/" + Self.prefix + UUID().uuidString.prefix(8)
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .folder("\(path) can't be made: \(error.localizedDescription)")
        }
        guard let lock = try Self.take(path) else { throw .inUse(folder: path) }
        self.lock = lock
    }

    deinit { close(lock) }

    /// Removes a temporary folder with all that is in it.
    func remove() {
        if isTemporary { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Whether there is anything but the lock in it.
    var isEmpty: Bool {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.allSatisfy { $0 == Self.lockName }
    }

    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: NSString(string: path).expandingTildeInPath).standardizedFileURL.path.trimmingSuffix("/")
    }

    /// A descriptor that holds the lock; nil where another process holds it.
    private static func take(_ folder: String) throws(ClusterError) -> Int32? {
        let path = folder + "/" + lockName
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .folder("\(path) can't be written: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Removes temporary folders of clusters that run no more, all but the newest: that one is of the last failure, whose
    /// logs may be wanted.
    private static func removeOld() {
        let files = FileManager.default
        let temporary = NSTemporaryDirectory().trimmingSuffix("/")
        let ended = ((try? files.contentsOfDirectory(atPath: temporary)) ?? [])
            .filter { $0.hasPrefix(prefix) }
            .map { (path: temporary + "/" + $0, date: changed(temporary + "/" + $0)) }
            .filter { folder in
                guard let attributes = try? files.attributesOfItem(atPath: folder.path),
                    (attributes[.ownerAccountID] as? NSNumber)?.uint32Value == getuid(),
                    let lock = try? take(folder.path)
                else { return false }
                close(lock)
                return true
            }
            .sorted { $0.date < $1.date }
        for folder in ended.dropLast() { try? files.removeItem(atPath: folder.path) }
    }

    private static func changed(_ path: String) -> Date {
        (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date) ?? .distantPast
    }
}

extension String {
    /// Without the suffix, unless it is all there is.
    func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) && count > suffix.count ? String(dropLast(suffix.count)) : self
    }
}

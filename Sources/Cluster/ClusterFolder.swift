import Foundation

/// The folder of a cluster, and the lock that shows that the cluster is running, which is released however it ends.
final class ClusterFolder {
    let path: String
    let isTemporary: Bool
    private let lock: Int32

    private static let lockName = "lock"
    private static let prefix = "starling-cluster-"

    /// Locks the folder, and creates it if it is absent; a temporary one if `datadir` is nil.
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
            throw .folder("\(path) can't be created: \(error.localizedDescription)")
        }
        guard let lock = try Self.take(path) else { throw .inUse(folder: path) }
        self.lock = lock
    }

    deinit { close(lock) }

    /// Removes the folder and its content, if it is temporary.
    func remove() {
        if isTemporary { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Whether it contains nothing except the lock.
    var isEmpty: Bool {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.allSatisfy { $0 == Self.lockName }
    }

    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: NSString(string: path).expandingTildeInPath).standardizedFileURL.path.trimmingSuffix("/")
    }

    /// Opens and locks the lock file; nil if another process holds the lock.
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

    /// Removes temporary folders of clusters that have ended, except the newest: it is that of the last failure, whose
    /// logs may still be needed.
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
    /// The string without the suffix, unless that is the whole string.
    func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) && count > suffix.count ? String(dropLast(suffix.count)) : self
    }
}

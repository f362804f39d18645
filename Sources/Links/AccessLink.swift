import SansIO

/// The line between one node and the network: what it carries in a second, and when it is free again.
struct AccessLink: Sendable {
    /// Bytes a second.
    var upload: Double
    var download: Double
    /// When everything queued so far is through.
    var uploadFree: Instant
    var downloadFree: Instant

    init(upload: Double, download: Double, now: Instant) {
        self.upload = upload
        self.download = download
        uploadFree = now
        downloadFree = now
    }

    static func time(_ bytes: Int, at bytesPerSecond: Double) -> Duration {
        .nanoseconds(Int64(Double(bytes) / bytesPerSecond * 1e9))
    }

    /// What waits to be sent, bytes.
    func uploadBacklog(_ now: Instant) -> Int { Int(max(0, (uploadFree - now).inSeconds) * upload) }

    /// Queues bytes behind what is there, and says when the last of them has left.
    mutating func send(_ bytes: Int, now: Instant) -> Instant {
        uploadFree = max(uploadFree, now) + Self.time(bytes, at: upload)
        return uploadFree
    }

    /// Bytes whose last one arrives now if nothing was before them: when it really does.
    ///
    /// - Returns: nil for now.
    mutating func receive(_ bytes: Int, now: Instant) -> Instant? {
        let duration = Self.time(bytes, at: download)
        if downloadFree + duration <= now {
            downloadFree = now
            return nil
        }
        downloadFree = downloadFree + duration
        return downloadFree
    }

    /// What waits to be received, bytes.
    func downloadBacklog(_ now: Instant) -> Int { Int(max(0, (downloadFree - now).inSeconds) * download) }
}

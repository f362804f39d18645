import DevP2P
import SansIO

// What leaves the node goes by its upload budget.
extension NodeCore {
    /// What was sent, and what the limits have held back.
    public var uploadStatus: UploadStatus { upload.status }

    /// Sends a message to a connection, or keeps it until the budget has room.
    mutating func send(_ message: OutboundMessage, to id: ConnectionID) {
        guard let connection = connections[id], !connection.isClosing else { return }
        if upload.take(message, to: id, now: now) { transmit(message, to: id) }
    }

    /// Runs a job that answers a peer, or keeps it until the budget has room.
    mutating func serve(_ job: ServingJob, for host: Int) {
        guard let connection = connections[job.connection], !connection.isClosing else { return }
        guard !connection.isCongested || connection.owed.count >= Self.maxOwed else {
            connections[job.connection]?.owed.append((host, job))
            return
        }
        if let release = upload.take(ServingQueue.Entry(job: job, host: host), now: now) { carryOut(release) }
    }

    /// Jobs of a congested connection that may wait: `eth` has one at a time, capabilities of a user have a few. Beyond
    /// that the output's own limit decides.
    private static let maxOwed = 64

    mutating func congested(_ id: ConnectionID, _ isCongested: Bool) {
        connections[id]?.isCongested = isCongested
        guard !isCongested, let owed = connections[id]?.owed, !owed.isEmpty else { return }
        connections[id]?.owed = []
        for (host, job) in owed { serve(job, for: host) }
    }

    /// Does what the budget has room for now.
    mutating func carryOutUploads() {
        guard upload.isLimited else { return }
        while let release = upload.release(now: now) { carryOut(release) }
    }

    private mutating func carryOut(_ release: Upload.Release) {
        switch release {
        case .send(let id, let message): transmit(message, to: id)
        case .serve(let entry, let bytes):
            run(entry.job.job(bytes: bytes), for: .serving(entry.host, ticket: entry.job.ticket, granted: bytes))
        }
    }

    private mutating func transmit(_ message: OutboundMessage, to id: ConnectionID) {
        guard let connection = connections[id], !connection.isClosing else { return }
        noteSent(message)
        appendSend(message, to: id)
    }
}

import EthNode
import Files
import NodeCore
import SansIO

// Blocks, the process, the disk.
extension NodeMetrics {
    func addChain(_ text: inout ExpositionText) {
        text.add(
            .counter, "starling_blocks_imported_total", "New blocks in the store, of all branches.",
            [.init(chain.importedBlocks)])
        text.add(
            .counter, "starling_blocks_out_of_turn_total",
            "Imported blocks that a signer has sealed out of turn (Clique): a missed slot each.",
            [.init(chain.outOfTurnBlocks)])
        text.add(
            .counter, "starling_reorganisations_total", "How often the head has moved to another branch.",
            [.init(chain.reorganisations)])
        text.add(
            .counter, "starling_reorganised_blocks_total", "Blocks that left the canonical chain by that.",
            [.init(chain.undoneBlocks)])
        text.add(
            .gauge, "starling_reorganisation_depth_max_blocks", "The deepest reorganisation since the node's start.",
            [.init(chain.deepestReorganisation)])
        text.add(
            histogram: "starling_block_delay_seconds",
            "From the time in a pushed block's header until its import was done.", chain.delaySinceTimestamp)
        text.add(
            histogram: "starling_block_import_seconds",
            "From the first word of a block by gossip until its import was done.", chain.delaySinceHeard)
    }

    /// The names of Prometheus' own clients.
    func addProcess(_ text: inout ExpositionText) {
        if let seconds = process.processorSeconds {
            text.add(
                .counter, "process_cpu_seconds_total", "User and system processor time.", [.init(seconds)])
        }
        if let bytes = process.residentBytes {
            text.add(.gauge, "process_resident_memory_bytes", "Resident memory.", [.init(bytes)])
        }
        if let bytes = process.virtualBytes {
            text.add(.gauge, "process_virtual_memory_bytes", "Virtual memory.", [.init(bytes)])
        }
        if let count = process.openDescriptors {
            text.add(.gauge, "process_open_fds", "Open file descriptors.", [.init(count)])
        }
        if let count = process.maxDescriptors {
            text.add(.gauge, "process_max_fds", "The most file descriptors that may be open.", [.init(count)])
        }
        if let seconds = process.startSeconds {
            text.add(
                .gauge, "process_start_time_seconds", "When the process started, since the Unix epoch.",
                [.init(seconds)])
        }
        if let count = process.threads { text.add(.gauge, "process_threads", "Threads.", [.init(count)]) }
        if let disk {
            text.add(.gauge, "starling_database_size_bytes", "What the database takes on disk.", [.init(disk.bytes)])
            text.add(
                .gauge, "starling_database_free_bytes", "What is left on the database's file system.",
                [.init(disk.freeBytes)])
        }
    }
}

extension ExpositionText {
    mutating func add(histogram name: String, _ help: String, _ delays: DelayHistogram) {
        var cumulated: UInt64 = 0
        var samples: [Sample] = []
        for (bound, count) in zip(DelayHistogram.bounds, delays.counts) {
            cumulated += count
            samples.append(Sample(cumulated, [("le", "\(bound.inSeconds)")], suffix: "_bucket"))
        }
        samples.append(Sample(delays.count, [("le", "+Inf")], suffix: "_bucket"))
        samples.append(Sample(delays.sum.inSeconds, suffix: "_sum"))
        samples.append(Sample(delays.count, suffix: "_count"))
        add(.histogram, name, help, samples)
    }
}

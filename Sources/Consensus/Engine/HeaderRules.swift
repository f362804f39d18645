public import Chain
public import Storage

/// The rules for headers that don't depend on the engine (Yellow Paper, section 4.4.4; consensus.md, sections 2.1
/// and 3.2), for engines to call.
public enum HeaderRules {
    /// Checks number and parent hash.
    ///
    /// - Throws: `brokenRule(.parent)`.
    public static func checkLink(_ header: Header, parent: ChainHead) throws(ConsensusError) {
        guard header.parentHash == parent.hash, parent.number < .max, header.number == parent.number + 1 else {
            throw .brokenRule(.parent)
        }
    }

    /// Checks gas limit, gas used and base fee.
    ///
    /// - Throws: `brokenRule` with `.gasUsed`, `.baseFee` or `.gasLimit`.
    public static func checkGas(_ header: Header, parent: Header, config: ChainConfig) throws(ConsensusError) {
        do {
            try GasRules.check(header, parent: parent, config: config)
        } catch .gasUsedAboveLimit {
            throw .brokenRule(.gasUsed)
        } catch .wrongBaseFee {
            throw .brokenRule(.baseFee)
        } catch {
            throw .brokenRule(.gasLimit)
        }
    }

    /// Checks that the header has exactly the optional fields of its fork (EIP-4895, 4844, 4788, 7685, 7928, 7843).
    ///
    /// - Throws: `brokenRule(.forkFields)`.
    public static func checkForkFields(_ header: Header, config: ChainConfig) throws(ConsensusError) {
        let fork = config.fork(number: header.number, time: header.timestamp)
        let isRight =
            (header.withdrawalsRoot != nil) == (fork >= .shanghai)
            && (header.blobGasUsed != nil) == (fork >= .cancun)
            && (header.excessBlobGas != nil) == (fork >= .cancun)
            && (header.parentBeaconBlockRoot != nil) == (fork >= .cancun)
            && (header.requestsHash != nil) == (fork >= .prague)
            && (header.blockAccessListHash != nil) == (fork >= .amsterdam)
            && (header.slotNumber != nil) == (fork >= .amsterdam)
        guard isRight else { throw .brokenRule(.forkFields) }
    }
}

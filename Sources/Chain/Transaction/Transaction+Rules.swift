import Primitives

extension TransactionType {
    /// The fork from which on blocks may hold the type.
    public var firstFork: Fork {
        switch self {
        case .legacy: .frontier
        case .accessList: .berlin
        case .dynamicFee: .london
        case .blob: .cancun
        case .setCode: .prague
        }
    }
}

extension Transaction {
    /// The longest code that creates a contract, in bytes (EIP-3860).
    public static let maxInitCodeBytes = 49_152
    /// The largest gas limit of a transaction from Osaka on (EIP-7825).
    public static let maxGasLimit: UInt64 = 1 << 24
    /// The most blobs of a transaction from Osaka on (EIP-7594).
    public static let maxBlobs = 6

    /// Checks what can be checked without the state: whether the fork allows the transaction, and whether its gas
    /// limit covers what it costs before it runs. Doesn't look at the signature: `sender` does.
    ///
    /// - Complexity: O(size).
    public func check(at fork: Fork, chainID expected: UInt64) throws(ChainError) {
        guard fork >= type.firstFork else { throw .notEnabled(transactionType: type.rawValue) }
        if let chainID {
            guard type != .legacy || fork >= .spuriousDragon else { throw .notEnabled(transactionType: type.rawValue) }
            guard chainID == expected else { throw .wrongChainID(expected: expected, found: chainID) }
        }
        guard nonce < .max else { throw .nonceTooLarge }
        guard maxPriorityFeePerGas <= maxFeePerGas else { throw .tipAboveMaxFee }
        // The value may be anything: whether the sender has it is a question to the state.
        guard maxFeePerGas.multiplied(by: UInt256(gasLimit)) != nil else { throw .gasCostOverflow }
        try checkGas(at: fork)
        if type == .blob { try checkBlobHashes(at: fork) }
        guard type != .setCode || !authorizations.isEmpty else { throw .noAuthorizations }
    }

    private func checkGas(at fork: Fork) throws(ChainError) {
        if to == nil, fork >= .shanghai, data.count > Self.maxInitCodeBytes {
            throw .initCodeTooLarge(limit: Self.maxInitCodeBytes)
        }
        let required = intrinsicGas(at: fork)
        guard gasLimit >= required else { throw .intrinsicGasTooLow(required: required) }
        if fork >= .prague, gasLimit < floorDataGas { throw .floorDataGasTooLow(required: floorDataGas) }
        // go-ethereum lifts the cap again at Amsterdam, where gas for state has a budget of its own.
        if fork == .osaka, gasLimit > Self.maxGasLimit { throw .gasLimitAboveCap }
    }

    private func checkBlobHashes(at fork: Fork) throws(ChainError) {
        let hashes = blobHashes
        let isCountAllowed = fork >= .osaka ? hashes.count <= Self.maxBlobs : true
        guard !hashes.isEmpty, isCountAllowed, hashes.allSatisfy({ $0[0] == BlobSidecar.hashVersion }) else {
            throw .invalidBlobHashes
        }
    }
}

import Primitives

extension TransactionType {
    /// The first fork whose blocks may have transactions of this type.
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
    /// The maximum init code of a contract creation from Shanghai on, in bytes (EIP-3860).
    public static let maxInitCodeBytes = 49_152
    /// The maximum gas limit of a transaction in Osaka (EIP-7825).
    public static let maxGasLimit: UInt64 = 1 << 24
    /// The maximum number of blobs of a transaction from Osaka on (EIP-7594).
    public static let maxBlobs = 6

    /// Makes all checks that need no state: type, chain id, nonce, fees, intrinsic gas, init code, blob hashes,
    /// authorizations. Doesn't check the signature: `sender` does.
    ///
    /// - Throws: the first rule broken.
    /// - Complexity: O(size).
    public func check(at fork: Fork, chainID expected: UInt64) throws(ChainError) {
        guard fork >= type.firstFork else { throw .notEnabled(transactionType: type.rawValue) }
        if let chainID {
            guard type != .legacy || fork >= .spuriousDragon else { throw .notEnabled(transactionType: type.rawValue) }
            guard chainID == expected else { throw .wrongChainID(expected: expected, found: chainID) }
        }
        guard nonce < .max else { throw .nonceTooLarge }
        guard maxPriorityFeePerGas <= maxFeePerGas else { throw .tipAboveMaxFee }
        // The value isn't checked: whether the sender has it depends on the state.
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
        // go-ethereum removes the cap again at Amsterdam, where gas for state is limited separately.
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

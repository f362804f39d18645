import Sync

/// What the jobs of a chain bring.
enum EthJobResult: Sendable {
    case chain(ChainJobResult)
    case admission(AdmissionResult)
    case blockCheck(BlockCheckResult)
    case download(DownloadTaskResult)
}

//! The aliases that Windows PowerShell has, for commands that exist here.

/// Alias and command.
pub(crate) static ALL: &[(&str, &str)] = &[
    ("%", "ForEach-Object"), ("foreach", "ForEach-Object"), ("?", "Where-Object"), ("where", "Where-Object"),
    ("select", "Select-Object"), ("sort", "Sort-Object"), ("gu", "Get-Unique"), ("measure", "Measure-Object"),
    ("group", "Group-Object"), ("compare", "Compare-Object"), ("diff", "Compare-Object"), ("ft", "Format-Table"),
    ("fl", "Format-List"), ("fw", "Format-Wide"), ("oh", "Out-Host"), ("tee", "Tee-Object"), ("ipcsv", "Import-Csv"),
    ("epcsv", "Export-Csv"), ("echo", "Write-Output"), ("write", "Write-Output"), ("sleep", "Start-Sleep"), ("cat", "Get-Content"),
    ("gc", "Get-Content"), ("type", "Get-Content"), ("ac", "Add-Content"), ("clc", "Clear-Content"), ("sc", "Set-Content"),
    ("ls", "Get-ChildItem"), ("dir", "Get-ChildItem"), ("gci", "Get-ChildItem"), ("rm", "Remove-Item"), ("del", "Remove-Item"),
    ("ri", "Remove-Item"), ("erase", "Remove-Item"), ("rd", "Remove-Item"), ("rmdir", "Remove-Item"), ("ni", "New-Item"),
    ("cd", "Set-Location"), ("chdir", "Set-Location"), ("sl", "Set-Location"), ("pwd", "Get-Location"), ("gl", "Get-Location"),
    ("rvpa", "Resolve-Path"), ("gm", "Get-Member"), ("gcm", "Get-Command"), ("man", "Get-Help"), ("help", "Get-Help"),
    ("gal", "Get-Alias"), ("sal", "Set-Alias"), ("nal", "Set-Alias"), ("gv", "Get-Variable"), ("sv", "Set-Variable"), ("set", "Set-Variable"),
    ("nv", "New-Variable"), ("rv", "Remove-Variable"), ("clv", "Clear-Variable"), ("sls", "Select-String"),
];
